import { formatShape, TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import { hasRank, sameShape, sizesOf } from "../shape.js";
import { type Activation, checkActivation } from "./activate.js";
import { checkOptions, checkTensor, checkWhole } from "./arguments.js";
import { broadcastTo } from "./broadcast-and-sum.js";
import { concat, split } from "./concat-and-split.js";
import { convolutionOp } from "./convolution.js";
import { depthwiseConvolutionOp } from "./depthwise-convolution.js";
import { permute } from "./permute.js";
import { reshape } from "./reshape.js";
import {
  channelsLast,
  checkLayout,
  countWindows,
  fromChannelsLast,
  imageSizes,
  readWindows,
  type WindowOptions,
  windowOptionNames,
} from "./windows.js";

export interface ConvolutionOptions extends WindowOptions {
  /** Channels are split into so many groups, each with kernels of its own. As many as channels: a depthwise convolution. Default 1. */
  readonly groups?: number;
  /** What is done to the result. Default "none". */
  readonly activation?: Activation;
}

/** Every element of the last axis `factor` times. */
const repeatChannels = (x: Tensor, factor: number): Tensor => {
  const [b, h, w, c] = sizesOf(x.shape, 4);
  return factor === 1
    ? x
    : reshape(broadcastTo(reshape(x, [b, h, w, c, 1]), [b, h, w, c, factor]), [b, h, w, c * factor]);
};

/**
 * Two-dimensional cross-correlation, and a bias [out]. In the layout "NCHW", as PyTorch's conv2d: x [batch, in, rows, columns] with a kernel
 * [out, in / groups, kr, kc]. In "NHWC", as TensorFlow's: x [batch, rows, columns, in] with a kernel [kr, kc, in / groups, out]; kernels of backends
 * work in this one, and the other is rearranged.
 */
export const conv2d = (x: Tensor, kernel: Tensor, bias?: Tensor, options: ConvolutionOptions = {}): Tensor => {
  for (const operand of bias ? [x, kernel, bias] : [x, kernel]) checkTensor("conv2d", operand);
  checkOptions("conv2d", options, [...windowOptionNames, "groups", "activation"]);
  const { layout = "NCHW", groups = 1, activation = "none" } = options;
  checkLayout("conv2d", layout);
  checkActivation("conv2d", activation);
  checkWhole("conv2d", "groups", groups, 1);
  const { rows, columns, channels } = imageSizes("conv2d", x, layout);
  const last = layout === "NHWC" || !hasRank(kernel.shape, 4) ? kernel : permute(kernel, [2, 3, 1, 0]);
  if (!hasRank(last.shape, 4) || last.shape[2] * groups !== channels || last.shape[3] % groups !== 0)
    throw new TensorError(
      "shape",
      `conv2d: image ${formatShape(x.shape)} must be ${layout === "NCHW" ? "[batch, in, rows, columns]" : "[batch, rows, columns, in]"} and kernel ${formatShape(kernel.shape)} ${layout === "NCHW" ? "[out, in / groups, rows, columns]" : "[rows, columns, in / groups, out]"} with the same in${groups === 1 ? "" : `, and groups (${groups}) divide both`}`,
    );
  const [kr, kc, , out] = last.shape;
  if (bias && !sameShape(bias.shape, [out]))
    throw new TensorError("shape", `conv2d: the bias ${formatShape(bias.shape)} must be [${out}], one for each kernel`);
  const attrs = { ...readWindows("conv2d", options, [rows, columns], [kr, kc]), activation };
  const images = channelsLast(x, layout);
  countWindows("conv2d", images, [kr, kc], attrs);
  const each = (op: typeof convolutionOp, image: Tensor, weights: Tensor, offset: Tensor | undefined): Tensor =>
    apply(op, offset ? [image, weights, offset] : [image, weights], attrs);
  if (groups === 1) return fromChannelsLast(each(convolutionOp, images, last, bias), layout);
  if (groups === channels) {
    const wide = repeatChannels(images, out / groups);
    return fromChannelsLast(each(depthwiseConvolutionOp, wide, reshape(last, [kr, kc, out]), bias), layout);
  }
  const parts = split(images, groups, 3);
  const kernels = split(last, groups, 3);
  const biases = bias ? split(bias, groups, 0) : [];
  return fromChannelsLast(
    concat(
      parts.map((part, i) => each(convolutionOp, part, kernels[i]!, biases[i])),
      3,
    ),
    layout,
  );
};

import { formatShapes, TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import type { Aval } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import type { Op, Tensor } from "../graph/tensor.js";
import { hasRank, sameShape, sizeAlong, sizeOf, sizesOf } from "../shape.js";
import { activate, activated, beforeActivation } from "./activate.js";
import { checkFloats } from "./arguments.js";
import { add, mul } from "./arithmetic.js";
import { sum } from "./broadcast-and-sum.js";
import { stack } from "./concat-and-split.js";
import { type ConvolutionAttrs, spreadForImage } from "./convolution.js";
import { reshape } from "./reshape.js";
import { flip, slice } from "./slice-and-pad.js";
import { countWindows, type Pair, viewsOf, visitPoints } from "./windows.js";

type Operands = ["x", "kernel", "bias"?];

const sizeOfKernel = (kernel: Aval): Pair => [sizeAlong(kernel.shape, 0), sizeAlong(kernel.shape, 1)];

/** Cross-correlation of each channel with a kernel of its own, channels last, with an optional bias and an activation of the result. */
export const depthwiseConvolutionOp: Op<ConvolutionAttrs, Operands, ["out"]> = defineOp<ConvolutionAttrs, Operands>({
  name: "depthwiseConvolution",
  lowering: { kind: "call", product: true },
  infer(inputs, attrs) {
    const [x, kernel, bias] = inputs;
    checkFloats("depthwiseConvolution", inputs);
    const channels = x.shape[3];
    const fits =
      hasRank(x.shape, 4) &&
      hasRank(kernel.shape, 3) &&
      kernel.shape[2] === channels &&
      (!bias || sameShape(bias.shape, [channels!]));
    if (!fits)
      throw new TensorError(
        "shape",
        `depthwiseConvolution: takes images [batch, rows, columns, channels], a kernel [rows, columns, channels] and a bias [channels], got ${formatShapes(inputs.filter((input) => input !== undefined))}`,
      );
    const counts = countWindows("depthwiseConvolution", x, sizeOfKernel(kernel), attrs);
    return [{ shape: [sizeAlong(x.shape, 0), ...counts, channels!], dtype: "f32" }];
  },
  flops: ([, kernel], [output]) => (2 * sizeOf(output.shape) * sizeOf(kernel.shape)) / sizeAlong(kernel.shape, 2),
  vjp({ inputs: [x, kernel, bias], outputs: [out], attrs, cotangents, needs }) {
    const g = beforeActivation(cotangents[0], out, attrs.activation);
    const size = sizeOfKernel(kernel);
    const byX = (): Tensor => {
      const { spread, windows } = spreadForImage(x, g, size, attrs);
      return apply(depthwiseConvolutionOp, [spread, flip(kernel, [0, 1])], { ...windows, activation: "none" });
    };
    const byKernel = (): Tensor => {
      const [, h, w] = sizesOf(g.shape, 4);
      const points = viewsOf(x, size, [h, w], attrs).map((view) => sum(mul(view, g), [0, 1, 2]));
      return reshape(stack(points), kernel.shape);
    };
    const both = [needs(0) ? byX() : undefined, needs(1) ? byKernel() : undefined] as const;
    return bias ? [...both, needs(2) ? sum(g, [0, 1, 2]) : undefined] : both;
  },
  reference([x, kernel, bias], attrs, [output]) {
    const [, h, w, channels] = sizesOf(output.shape, 4);
    const out = new Float64Array(sizeOf(output.shape));
    if (bias) for (let i = 0; i < out.length; i++) out[i] = bias.data[i % channels]!;
    visitPoints(x, sizeOfKernel(kernel), [h, w], attrs, (window, point, pixel) => {
      for (let c = 0; c < channels; c++)
        out[window * channels + c]! += x.data[pixel * channels + c]! * kernel.data[point * channels + c]!;
    });
    return [out.map((value) => activated(value, attrs.activation))];
  },
  decompose([x, kernel, bias], attrs) {
    const [kr, kc, channels] = sizesOf(kernel.shape, 3);
    const views = viewsOf(x, [kr, kc], countWindows("depthwiseConvolution", x, [kr, kc], attrs), attrs);
    const taps = reshape(kernel, [kr * kc, channels]);
    const terms = views.map((view, i) => mul(view, slice(taps, [i])));
    const total = terms.reduce((a, b) => add(a, b));
    return [activate(bias ? add(total, bias) : total, attrs.activation)];
  },
  examples: [
    {
      inputs: [{ shape: [2, 4, 5, 3] }, { shape: [3, 3, 3] }, { shape: [3], range: [1, 3] }],
      attrs: { stride: [1, 1], dilation: [1, 1], padding: [1, 1, 1, 1], activation: "relu6" },
    },
    {
      inputs: [{ shape: [1, 6, 7, 5] }, { shape: [3, 2, 5] }],
      attrs: { stride: [2, 3], dilation: [2, 1], padding: [0, 1, 1, 0], activation: "none" },
    },
  ],
});

import { TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import { defineOp } from "../graph/define.js";
import type { Op, Tensor } from "../graph/tensor.js";
import { sizeAlong, sizeOf, sizesOf } from "../shape.js";
import { checkOptions, checkTensor } from "./arguments.js";
import { stack } from "./concat-and-split.js";
import { max } from "./max-and-min.js";
import {
  channelsLast,
  checkLayout,
  countWindows,
  fromChannelsLast,
  imageSizes,
  type Pair,
  pairOf,
  readWindows,
  viewsOf,
  visitPoints,
  type WindowOptions,
  type Windows,
  windowOptionNames,
} from "./windows.js";

type PoolAttrs = Windows & { readonly size: Pair };

/** Largest value of each channel in each window, channels last. What surrounds the image is -Infinity. */
export const maxPoolOp: Op<PoolAttrs, ["x"], ["out"]> = defineOp<PoolAttrs>({
  name: "maxPool",
  lowering: { kind: "call" },
  infer([x], attrs) {
    const counts = countWindows("maxPool", x, attrs.size, attrs);
    return [{ shape: [sizeAlong(x.shape, 0), ...counts, sizeAlong(x.shape, 3)], dtype: "f32" }];
  },
  flops: () => 0,
  vjp: () => "decompose",
  reference([x], attrs, [output]) {
    const [, h, w, channels] = sizesOf(output.shape, 4);
    const out = new Float64Array(sizeOf(output.shape)).fill(Number.NEGATIVE_INFINITY);
    visitPoints(x, attrs.size, [h, w], attrs, (window, _, pixel) => {
      for (let c = 0; c < channels; c++)
        out[window * channels + c] = Math.max(out[window * channels + c]!, x.data[pixel * channels + c]!);
    });
    return [out];
  },
  decompose([x], attrs) {
    const counts = countWindows("maxPool", x, attrs.size, attrs);
    return [max(stack(viewsOf(x, attrs.size, counts, attrs, Number.NEGATIVE_INFINITY)), 0)];
  },
  examples: [
    {
      inputs: [{ shape: [2, 5, 4, 3] }],
      attrs: { size: [2, 2], stride: [2, 2], dilation: [1, 1], padding: [0, 0, 0, 0] },
    },
    {
      inputs: [{ shape: [1, 6, 5, 5] }],
      attrs: { size: [3, 2], stride: [1, 2], dilation: [2, 1], padding: [1, 0, 0, 1] },
    },
  ],
});

/** Reads the windows of a pool, whose stride is their size unless told. */
export const checkPool = (op: string, x: Tensor, size: number | Pair, options: WindowOptions) => {
  const { layout = "NCHW" } = options;
  checkLayout(op, layout);
  const { rows, columns } = imageSizes(op, x, layout);
  const window = pairOf(op, "size", size, 1);
  const windows = readWindows(op, { stride: window, ...options }, [rows, columns], window);
  const { padding, dilation } = windows;
  // A window wholly outside the image would have no largest value and no mean.
  if (padding.some((n, i) => n > dilation[i < 2 ? 0 : 1] * (window[i < 2 ? 0 : 1] - 1)))
    throw new TensorError(
      "argument",
      `${op}: padding [${padding.join(", ")}] makes windows of ${window.join(" x ")} that meet no pixel; it must be less than they are long`,
    );
  countWindows(op, channelsLast(x, layout), window, windows);
  return { windows, window };
};

/**
 * Largest value of each channel in windows of `size` x `size`, or [rows, columns], as many as fit; NaN wins. `stride` is `size` unless told.
 * Ties share a gradient equally.
 */
export const maxPool = (x: Tensor, size: number | Pair, options: WindowOptions = {}): Tensor => {
  checkTensor("maxPool", x);
  checkOptions("maxPool", options, windowOptionNames);
  const { layout = "NCHW" } = options;
  const { windows, window } = checkPool("maxPool", x, size, options);
  return fromChannelsLast(apply(maxPoolOp, [channelsLast(x, layout)], { ...windows, size: window }), layout);
};

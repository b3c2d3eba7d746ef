import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import { checkFloats, checkOptions, checkTensor } from "./arguments.js";
import { div } from "./arithmetic.js";
import { full, ones } from "./constant.js";
import { depthwiseConvolutionOp } from "./depthwise-convolution.js";
import { checkPool } from "./max-pool.js";
import { mean } from "./statistics.js";
import {
  channelsLast,
  checkLayout,
  fromChannelsLast,
  type ImageLayout,
  imageSizes,
  type Pair,
  type WindowOptions,
  windowOptionNames,
} from "./windows.js";

/**
 * Means of each channel over windows of `size` x `size`, or [rows, columns], as many as fit; `stride` is `size` unless told. What surrounds the
 * image does not count, as in TensorFlow.
 */
export const averagePool = (x: Tensor, size: number | Pair, options: WindowOptions = {}): Tensor => {
  checkTensor("averagePool", x);
  checkFloats("averagePool", [x]);
  checkOptions("averagePool", options, windowOptionNames);
  const { layout = "NCHW" } = options;
  const { windows, window } = checkPool("averagePool", x, size, options);
  const { rows, columns, channels } = imageSizes("averagePool", x, layout);
  const attrs = { ...windows, activation: "none" } as const;
  const whole = windows.padding.every((n) => n === 0);
  const kernel = full([...window, channels], whole ? 1 / (window[0] * window[1]) : 1);
  const sums = apply(depthwiseConvolutionOp, [channelsLast(x, layout), kernel], attrs);
  if (whole) return fromChannelsLast(sums, layout);
  const counts = apply(depthwiseConvolutionOp, [ones([1, rows, columns, 1]), ones([...window, 1])], attrs);
  return fromChannelsLast(div(sums, counts), layout);
};

/** Mean of each channel over the whole image: [batch, channels]. */
export const globalAveragePool = (x: Tensor, options: { readonly layout?: ImageLayout } = {}): Tensor => {
  checkTensor("globalAveragePool", x);
  checkOptions("globalAveragePool", options, ["layout"]);
  const { layout = "NCHW" } = options;
  checkLayout("globalAveragePool", layout);
  imageSizes("globalAveragePool", x, layout);
  return mean(x, layout === "NHWC" ? [1, 2] : [2, 3]);
};

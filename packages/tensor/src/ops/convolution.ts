import { formatShape, TensorError } from "../errors.js";
import type { Tensor } from "../graph/tensor.js";
import { hasRank, sameShape } from "../shape.js";
import { checkOptions, checkTensor, checkWhole } from "./arguments.js";
import { add } from "./arithmetic.js";
import { broadcastTo } from "./broadcast-and-sum.js";
import { stack } from "./concat-and-split.js";
import { matmul } from "./matmul.js";
import { permute } from "./permute.js";
import { reshape } from "./reshape.js";
import { pad, slice } from "./slice-and-pad.js";
import { mean } from "./statistics.js";

export interface ConvolutionOptions {
  /** Step between windows along rows and columns. Default 1. */
  readonly stride?: number;
  /** Zeros added on every side. Default 0. */
  readonly padding?: number;
}

/**
 * Two-dimensional cross-correlation of x [batch, in, rows, columns] with a kernel [out, in, kr, kc], as PyTorch's conv2d: shifted views of
 * the image side by side, then one matrix product.
 */
export const conv2d = (x: Tensor, kernel: Tensor, bias?: Tensor, options: ConvolutionOptions = {}): Tensor => {
  for (const operand of bias ? [x, kernel, bias] : [x, kernel]) checkTensor("conv2d", operand);
  checkOptions("conv2d", options, ["stride", "padding"]);
  const { stride = 1, padding = 0 } = options;
  checkWhole("conv2d", "stride", stride, 1);
  checkWhole("conv2d", "padding", padding, 0);
  const misfit = (): TensorError =>
    new TensorError(
      "shape",
      `conv2d: image ${formatShape(x.shape)} must be [batch, in, rows, columns] and kernel ${formatShape(kernel.shape)} [out, in, rows, columns] with the same in, no larger than the padded image`,
    );
  if (!hasRank(x.shape, 4) || !hasRank(kernel.shape, 4)) throw misfit();
  const [batch, channels, rows, columns] = x.shape;
  const [out, into, kr, kc] = kernel.shape;
  const h = Math.floor((rows + 2 * padding - kr) / stride) + 1;
  const w = Math.floor((columns + 2 * padding - kc) / stride) + 1;
  if (into !== channels || !(h >= 1) || !(w >= 1)) throw misfit();
  if (bias && !sameShape(bias.shape, [out]))
    throw new TensorError("shape", `conv2d: the bias ${formatShape(bias.shape)} must be [${out}], one for each kernel`);
  const padded = pad(
    x,
    [0, 0, padding, padding].map((n) => [n, n] as const),
  );
  const taps = Array.from({ length: kr * kc }, (_, i) => {
    const [r, c] = [Math.floor(i / kc), i % kc];
    return slice(padded, [
      null,
      null,
      { start: r, stop: r + (h - 1) * stride + 1, step: stride },
      { start: c, stop: c + (w - 1) * stride + 1, step: stride },
    ]);
  });
  // [batch, in, taps, h, w] -> [batch, h, w, in * taps], the column order of the flattened kernel.
  const windows = permute(stack(taps, 2), [0, 3, 4, 1, 2]);
  const flat = reshape(windows, [batch * h * w, channels * kr * kc]);
  const product = matmul(flat, permute(reshape(kernel, [out, channels * kr * kc]), [1, 0]));
  const y = permute(reshape(product, [batch, h, w, out]), [0, 3, 1, 2]);
  return bias ? add(y, reshape(bias, [out, 1, 1])) : y;
};

const imageSizes = (name: string, x: Tensor) => {
  checkTensor(name, x);
  if (hasRank(x.shape, 4)) return x.shape;
  throw new TensorError("shape", `${name}: images are [batch, channels, rows, columns], got ${formatShape(x.shape)}`);
};

/** Repeats every pixel of [batch, channels, rows, columns] `factor` times along rows and columns. */
export const upsampleNearest = (x: Tensor, factor: number): Tensor => {
  const [b, c, h, w] = imageSizes("upsampleNearest", x);
  checkWhole("upsampleNearest", "factor", factor, 1);
  return reshape(broadcastTo(reshape(x, [b, c, h, 1, w, 1]), [b, c, h, factor, w, factor]), [
    b,
    c,
    h * factor,
    w * factor,
  ]);
};

/** Means of `size` x `size` blocks of [batch, channels, rows, columns]. */
export const averagePool = (x: Tensor, size: number): Tensor => {
  const [b, c, h, w] = imageSizes("averagePool", x);
  checkWhole("averagePool", "size", size, 1);
  if (h % size !== 0 || w % size !== 0)
    throw new TensorError("shape", `averagePool: ${h} x ${w} pixels do not divide into blocks of ${size}`);
  return mean(reshape(x, [b, c, h / size, size, w / size, size]), [3, 5]);
};

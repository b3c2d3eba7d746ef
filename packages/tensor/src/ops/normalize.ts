import { formatShape, formatShapes, TensorError } from "../errors.js";
import { apply, applyAll } from "../graph/apply.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { sameShape, sizeAlong, sizeOf, sizesOf } from "../shape.js";
import { checkFinite, checkFloats, checkOptions, checkTensor, checkWhole } from "./arguments.js";
import { add, mul, sub } from "./arithmetic.js";
import { reshape } from "./reshape.js";
import { rsqrt } from "./roots.js";
import { mean } from "./statistics.js";

type NormalizeBackwardAttrs = { readonly center: boolean };

/** Gradient of `normalize` from its results: rstd (g - mean(g) - xhat mean(g xhat)). */
export const normalizeBackwardOp = defineOp<NormalizeBackwardAttrs, ["g", "xhat", "rstd"]>({
  name: "normalizeBackward",
  lowering: { kind: "call" },
  infer([g, xhat, rstd]) {
    checkFloats("normalizeBackward", [g, xhat, rstd]);
    if (
      !sameShape(g.shape, xhat.shape) ||
      xhat.shape.length !== 2 ||
      !sameShape(rstd.shape, [sizeAlong(xhat.shape, 0)])
    )
      throw new TensorError(
        "shape",
        `normalizeBackward: expects [rows, cols], [rows, cols] and [rows], got ${formatShapes([g, xhat, rstd])}`,
      );
    return [{ shape: g.shape, dtype: "f32" }];
  },
  flops: ([g]) => 8 * sizeOf(g.shape),
  decompose([g, xhat, rstd], { center }) {
    const along = mul(xhat, mean(mul(g, xhat), [1], { keepDims: true }));
    const centred = center ? sub(g, mean(g, [1], { keepDims: true })) : g;
    return [mul(sub(centred, along), reshape(rstd, [rstd.size, 1]))];
  },
  examples: [
    { inputs: [{ shape: [3, 8] }, { shape: [3, 8] }, { shape: [3], range: [0.5, 2] }], attrs: { center: true } },
    { inputs: [{ shape: [2, 5] }, { shape: [2, 5] }, { shape: [2], range: [0.5, 2] }], attrs: { center: false } },
  ],
});

type NormalizeAttrs = { readonly eps: number; readonly center: boolean };

/** Rows to mean 0 (if `center`) and mean square 1. Results: the normalised rows, and 1 / sqrt(mean square + eps) of each. */
export const normalizeOp = defineOp<NormalizeAttrs, ["x"], ["xhat", "rstd"]>({
  name: "normalize",
  lowering: { kind: "call" },
  infer([x]) {
    checkFloats("normalize", [x]);
    if (x.shape.length !== 2)
      throw new TensorError("shape", `normalize: works on rows of a matrix, got ${formatShape(x.shape)}`);
    return [
      { shape: x.shape, dtype: "f32" },
      { shape: [sizeAlong(x.shape, 0)], dtype: "f32" },
    ];
  },
  flops: ([x], _, { center }) => (center ? 7 : 4) * sizeOf(x.shape),
  vjp({ outputs: [xhat, rstd], attrs, cotangents: [g], flows }) {
    // The kernel knows only what flows back into the normalised rows.
    return flows(1) ? "decompose" : [apply(normalizeBackwardOp, [g, xhat, rstd], { center: attrs.center })];
  },
  decompose([x], { eps, center }) {
    const centred = center ? sub(x, mean(x, [1], { keepDims: true })) : x;
    const rstd = rsqrt(add(mean(mul(centred, centred), [1], { keepDims: true }), eps));
    return [mul(centred, rstd), reshape(rstd, [sizeAlong(x.shape, 0)])];
  },
  reference([x], { eps, center }) {
    const [rows, cols] = sizesOf(x.shape, 2);
    const out = new Float64Array(x.data.length);
    const scales = new Float64Array(rows);
    for (let r = 0; r < rows; r++) {
      const row = x.data.subarray(r * cols, (r + 1) * cols);
      const middle = center ? row.reduce((a, b) => a + b, 0) / cols : 0;
      const square = row.reduce((a, b) => a + (b - middle) ** 2, 0) / cols;
      scales[r] = 1 / Math.sqrt(square + eps);
      row.forEach((v, i) => {
        out[r * cols + i] = (v - middle) * scales[r]!;
      });
    }
    return [out, scales];
  },
  examples: [
    { inputs: [{ shape: [3, 8] }], attrs: { eps: 1e-6, center: true } },
    { inputs: [{ shape: [4, 5] }], attrs: { eps: 1e-5, center: false } },
  ],
});

export interface NormOptions {
  /** Per-channel factor, of the size of the last axis. */
  readonly weight?: Tensor | undefined;
  /** Per-channel offset, of the size of the last axis. */
  readonly bias?: Tensor | undefined;
  /** Added to the mean square before the root. Default 1e-5. */
  readonly eps?: number;
}

/** Normalises runs of `width` elements of `x`, then scales and shifts its channels: those of the last axis, or of the second. */
const norm = (name: string, x: Tensor, width: number, center: boolean, axis: 1 | -1, options: NormOptions): Tensor => {
  checkOptions(name, options, ["weight", "bias", "eps"]);
  const { weight, bias, eps = 1e-5 } = options;
  checkFinite(name, "eps", eps, 0);
  const channels = sizeAlong(x.shape, axis);
  for (const [part, tensor] of Object.entries({ weight, bias })) {
    if (tensor === undefined) continue;
    checkTensor(name, tensor);
    if (!sameShape(tensor.shape, [channels]))
      throw new TensorError(
        "shape",
        `${name}: the ${part} ${formatShape(tensor.shape)} must be [${channels}], one for each channel of ${formatShape(x.shape)}`,
      );
  }
  const along = axis === -1 ? [channels] : [channels, ...x.shape.slice(2).map(() => 1)];
  const [rows] = applyAll(normalizeOp, [reshape(x, [x.size / width, width])], { eps, center });
  const xhat = reshape(rows, x.shape);
  const scaled = weight ? mul(xhat, reshape(weight, along)) : xhat;
  return bias ? add(scaled, reshape(bias, along)) : scaled;
};

/** Over the last axis. */
const rowNorm = (name: string, x: Tensor, center: boolean, options: NormOptions): Tensor => {
  checkTensor(name, x);
  if (x.rank === 0) throw new TensorError("shape", `${name}: a scalar has no axis to normalise`);
  return norm(name, x, sizeAlong(x.shape, -1), center, -1, options);
};

/** Layer normalisation over the last axis (Ba et al., arXiv 1607.06450), with the biased variance. */
export const layerNorm = (x: Tensor, options: NormOptions = {}): Tensor => rowNorm("layerNorm", x, true, options);

/** Root-mean-square normalisation over the last axis (Zhang and Sennrich, arXiv 1910.07467). */
export const rmsNorm = (x: Tensor, options: NormOptions = {}): Tensor => rowNorm("rmsNorm", x, false, options);

/** Group normalisation of [batch, channels, ...] over groups of channels (Wu and He, arXiv 1803.08494). */
export const groupNorm = (x: Tensor, groups: number, options: NormOptions = {}): Tensor => {
  checkTensor("groupNorm", x);
  checkWhole("groupNorm", "groups", groups, 1);
  const [batch = 1, channels = 0] = x.shape;
  if (x.rank < 2 || channels % groups !== 0)
    throw new TensorError(
      "shape",
      `groupNorm: ${channels} channels of ${formatShape(x.shape)} do not divide into ${groups} groups`,
    );
  return norm("groupNorm", x, x.size / batch / groups, true, 1, options);
};

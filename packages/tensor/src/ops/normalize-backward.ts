import { formatShape, TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { sameShape, sizeAlong, sizeOf } from "../shape.js";
import { checkFloats } from "./arguments.js";
import { mul } from "./mul.js";
import { reshape } from "./reshape.js";
import { mean } from "./statistics.js";
import { sub } from "./sub.js";

type NormalizeBackwardAttrs = { readonly center: boolean };

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
        `normalizeBackward: expects [rows, cols], [rows, cols] and [rows], got ${[g, xhat, rstd].map((x) => formatShape(x.shape)).join(", ")}`,
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

/** Gradient of `normalize` from its results: rstd (g - mean(g) - xhat mean(g xhat)). */
export const normalizeBackward = (g: Tensor, xhat: Tensor, rstd: Tensor, center: boolean): Tensor =>
  apply(normalizeBackwardOp, [g, xhat, rstd], { center });

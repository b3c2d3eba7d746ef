import type { DType } from "../dtype.js";
import { apply } from "../graph/apply.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { convert } from "../reference-math.js";
import type { Shape } from "../shape.js";

type CastAttrs = { readonly dtype: DType };

export const castOp = defineOp<CastAttrs>({
  name: "cast",
  lowering: { kind: "scalar", scalar: "cast" },
  infer: ([x], { dtype }) => [{ shape: x!.shape, dtype }],
  flops: () => 0,
  // To the same dtype there is no node; between floats and integers no gradient passes.
  differentiable: false,
  reference: ([x], { dtype }) => [x!.data.map((v) => convert(v, dtype))],
  examples: [
    { inputs: [{ shape: [5], values: [1.9, -1.9, 0, 3e9, -3e9] }], attrs: { dtype: "i32" } },
    { inputs: [{ shape: [4], values: [1.9, -1.9, 5e9, 7] }], attrs: { dtype: "u32" } },
    { inputs: [{ shape: [3], values: [0, 0.25, -2] }], attrs: { dtype: "bool" } },
    { inputs: [{ shape: [3], dtype: "i32", values: [-4, 0, 9] }], attrs: { dtype: "f32" } },
    { inputs: [{ shape: [2], dtype: "u32", values: [4294967295, 3] }], attrs: { dtype: "f32" } },
    { inputs: [{ shape: [2], dtype: "bool", values: [1, 0] }], attrs: { dtype: "f32" } },
  ],
});

/**
 * Converts values to another dtype. A float becomes an integer by dropping its fraction and saturating (NaN gives 0); `bool` means
 * "differs from zero"; between i32 and u32 the bits stay.
 */
export const cast = <S extends Shape, D extends DType>(x: Tensor<S>, dtype: D): Tensor<S, D> =>
  ((x.dtype as DType) === dtype ? x : apply(castOp, [x], { dtype })) as Tensor<S, D>;

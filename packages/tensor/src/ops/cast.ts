import { DTYPES, type DType } from "../dtype.js";
import { apply } from "../graph/apply.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { convert } from "../reference-math.js";
import type { Shape } from "../shape.js";
import { checkDType, checkTensor } from "./arguments.js";

type CastAttrs = { readonly dtype: DType };

/** What no integer holds, and where truncation and saturation begin. */
const FLOATS = [
  1.9, -1.9, 0, -0, 0.25, 7, -1, 2147483520, 2147483648, -2147483648, -3e9, 4294967040, 4294967296, 5e9,
].concat([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);

export const castOp = defineOp<CastAttrs>({
  name: "cast",
  lowering: { kind: "scalar", scalar: "cast" },
  infer: ([x], { dtype }) => [{ shape: x.shape, dtype }],
  // To the same dtype there is no node; between floats and integers no gradient passes.
  differentiable: false,
  reference: ([x], { dtype }) => [x.data.map((v) => convert(v, x.dtype, dtype))],
  examples: [
    ...(["i32", "u32", "bool"] as const).map((dtype) => ({
      inputs: [{ shape: [FLOATS.length], values: FLOATS }],
      attrs: { dtype },
    })),
    ...(["i32", "u32", "bool"] as const).flatMap((from) =>
      DTYPES.filter((dtype) => dtype !== from).map((dtype) => ({
        inputs: [{ shape: [9], dtype: from }],
        attrs: { dtype },
      })),
    ),
  ],
});

/**
 * Converts values to another dtype. A float becomes an integer by dropping its fraction and saturating (NaN gives 0); `bool` means
 * "differs from zero", true of NaN; between i32 and u32 the bits stay. An integer becomes the nearest float.
 */
export const cast = <S extends Shape, D extends DType>(x: Tensor<S>, dtype: D): Tensor<S, D> => {
  checkTensor("cast", x);
  checkDType("cast", dtype, DTYPES);
  return (x.dtype === dtype ? x : apply(castOp, [x], { dtype })) as Tensor<S, D>;
};

import { arrayOf, viewAs } from "../dtype.js";
import { TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { checkDType } from "./arguments.js";

type BitcastAttrs = { readonly dtype: "f32" | "i32" | "u32" };

export const bitcastOp = defineOp<BitcastAttrs>({
  name: "bitcast",
  lowering: { kind: "scalar", scalar: "bitcast" },
  infer([x], { dtype }) {
    checkDType("bitcast", dtype, ["f32", "i32", "u32"]);
    if (x.dtype === "bool")
      throw new TensorError("dtype", 'bitcast: a bool has no bits of its own; use cast(x, "u32")');
    return [{ shape: x.shape, dtype }];
  },
  differentiable: false,
  reference: ([x], { dtype }) => [Float64Array.from(viewAs(dtype, arrayOf(x.dtype, x.data).buffer))],
  examples: [
    { inputs: [{ shape: [3], values: [1, -0.5, 3.25] }], attrs: { dtype: "u32" } },
    { inputs: [{ shape: [2], dtype: "u32", values: [0x3f800000, 0xc0200000] }], attrs: { dtype: "f32" } },
    { inputs: [{ shape: [2], dtype: "i32", values: [0x3f800000, -2] }], attrs: { dtype: "u32" } },
  ],
});

/** The same 32 bits read as another dtype. */
export const bitcast = <S extends Shape, D extends "f32" | "i32" | "u32">(x: Tensor<S>, dtype: D): Tensor<S, D> =>
  apply(bitcastOp, [x], { dtype }) as Tensor<S, D>;

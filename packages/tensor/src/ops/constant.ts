import type { DType } from "../dtype.js";
import { apply } from "../graph/apply.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { type Shape, sizeOf } from "../shape.js";

type ConstantAttrs = { readonly value: number; readonly shape: Shape; readonly dtype: DType };

/** The same value everywhere. Costs no memory: it is inlined wherever it is used. */
export const constantOp = defineOp<ConstantAttrs>({
  name: "constant",
  lowering: { kind: "constant" },
  infer: (_, { shape, dtype }) => [{ shape, dtype }],
  differentiable: false,
  flops: () => 0,
  reference: (_, { value, shape }) => [new Float64Array(sizeOf(shape)).fill(value)],
  examples: [
    { inputs: [], attrs: { value: 0.5, shape: [3, 2], dtype: "f32" } },
    { inputs: [], attrs: { value: -7, shape: [], dtype: "i32" } },
  ],
});

/** A scalar (or, with `shape`, an array) holding `value` everywhere. It is part of the program: what changes per step must be a tensor. */
export const constant = <D extends DType = "f32">(value: number, dtype?: D, shape: Shape = []): Tensor<[], D> =>
  apply(constantOp, [], { value, shape, dtype: dtype ?? "f32" }) as Tensor<[], D>;

/** An array of `shape` filled with `value`. */
export const full = <const S extends Shape, D extends DType = "f32">(
  shape: S,
  value: number,
  dtype?: D,
): Tensor<S, D> => apply(constantOp, [], { value, shape, dtype: dtype ?? "f32" }) as Tensor<S, D>;

export const zeros = <const S extends Shape, D extends DType = "f32">(shape: S, dtype?: D): Tensor<S, D> =>
  full(shape, 0, dtype);

export const ones = <const S extends Shape, D extends DType = "f32">(shape: S, dtype?: D): Tensor<S, D> =>
  full(shape, 1, dtype);

import { DTYPES, type DType } from "../dtype.js";
import { apply } from "../graph/apply.js";
import { defineOp, isNodeOf } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { valuesFor } from "../reference-math.js";
import { checkShape, type Shape } from "../shape.js";
import { checkDType, checkElement } from "./arguments.js";

type ConstantAttrs = { readonly value: number; readonly shape: Shape; readonly dtype: DType };

/** The same value everywhere. Costs no memory: it is inlined wherever it is used. */
export const constantOp = defineOp<ConstantAttrs, []>({
  name: "constant",
  lowering: { kind: "constant", value: ({ value }) => value },
  infer: (_, { shape, dtype }) => [{ shape, dtype }],
  differentiable: false,
  reference: (_, { value, shape }) => [valuesFor(shape).fill(value)],
  examples: [
    { inputs: [], attrs: { value: 0.5, shape: [3, 2], dtype: "f32" } },
    { inputs: [], attrs: { value: -7, shape: [], dtype: "i32" } },
    { inputs: [], attrs: { value: 4294967295, shape: [2], dtype: "u32" } },
    { inputs: [], attrs: { value: 1, shape: [3], dtype: "bool" } },
  ],
});

/** The number a constant holds everywhere. */
export const constantValue = ({ node }: Tensor): number | undefined =>
  isNodeOf(node, constantOp) ? node.attrs.value : undefined;

/** A scalar (or, with `shape`, an array) holding `value` everywhere. It is part of the program: what changes per step must be a tensor. */
export const constant = <D extends DType = "f32">(value: number, dtype?: D, shape: Shape = []): Tensor<[], D> =>
  full(shape, value, dtype) as Tensor<[], D>;

/** An array of `shape` filled with `value`, which integers must hold exactly. */
export const full = <const S extends Shape, D extends DType = "f32">(
  shape: S,
  value: number,
  dtype?: D,
): Tensor<S, D> => {
  const of: DType = dtype ?? "f32";
  checkDType("full", of, DTYPES);
  checkElement("full", value, of);
  checkShape("full", shape);
  return apply(constantOp, [], { value, shape: [...shape], dtype: of }) as Tensor<S, D>;
};

export const zeros = <const S extends Shape, D extends DType = "f32">(shape: S, dtype?: D): Tensor<S, D> =>
  full(shape, 0, dtype);

export const ones = <const S extends Shape, D extends DType = "f32">(shape: S, dtype?: D): Tensor<S, D> =>
  full(shape, 1, dtype);

import type { ScalarFunction } from "../backends/scalars.js";
import type { DType } from "../dtype.js";
import { formatShape, TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import type { Aval, Each, NoAttrs } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import type { Op, OpExample, Tensor, VjpContext } from "../graph/tensor.js";
import { wrap } from "../reference-math.js";
import { type Shape, sameShape, sizeOf } from "../shape.js";
import { constantValue, full } from "./constant.js";
import { combinations } from "./examples.js";

type Operands = readonly [string, ...string[]];

interface Elementwise<I extends Operands> {
  readonly name: string;
  /** Absent where it is always decomposed. */
  readonly scalar?: ScalarFunction;
  /** Dtypes the operands may have; f32 alone unless told. */
  readonly accepts?: readonly DType[];
  /** Result dtype; that of the operands unless told. */
  readonly gives?: DType;
  /** The function of one point, in float64. Integers wrap afterwards. */
  readonly value: (a: number, b: number) => number;
  /** The same for integers, where float64 is not exact. */
  readonly integer?: (a: number, b: number) => number;
  /** Operands that give the other one back, of arithmetic on f32 that every backend rounds as `value` rounded once. */
  readonly neutral?: { readonly left?: number; readonly right: number };
  readonly vjp?: (context: VjpContext<NoAttrs, I>) => Each<I, Tensor>;
  /** The same in other ops: used for gradients where there is no `vjp`. */
  readonly decompose?: (...operands: Each<I, Tensor>) => Tensor;
  readonly simplify?: (...operands: Each<I, Tensor>) => Tensor | undefined;
  /** Where the values of f32 examples lie; [-2, 2] unless told. */
  readonly range?: readonly [number, number];
  /** Instead of examples of f32. Those of integers and bool are added: every combination of the dtype's edges. */
  readonly examples?: readonly OpExample<NoAttrs>[];
}

/** An op that works point by point on operands of one shape and one dtype. */
const defineElementwise = <I extends Operands>(arity: number, definition: Elementwise<I>): Op<NoAttrs, I, ["out"]> => {
  const { name, scalar, accepts = FLOAT, gives, value, integer, neutral, vjp, decompose, simplify, range } = definition;
  const onShape = (...shape: number[]): OpExample<NoAttrs> => ({
    inputs: Array.from({ length: arity }, () => ({ shape, ...(range && { range }) })),
    attrs: {},
  });
  return defineOp<NoAttrs, I>({
    name,
    lowering: scalar === undefined ? { kind: "composite" } : { kind: "scalar", scalar },
    infer(inputs) {
      const { shape, dtype } = checkElementwise(name, inputs, accepts);
      return [{ shape, dtype: gives ?? dtype }];
    },
    flops: (_, [{ shape, dtype }]) => (dtype === "f32" ? sizeOf(shape) : 0),
    ...(vjp && { vjp }),
    ...(decompose && { decompose: (operands) => [decompose(...operands)] }),
    simplify(operands, _, [output]) {
      const [a, b] = operands;
      const simpler = neutral && b ? simplifyArithmetic(value, neutral, a, b, output) : simplify?.(...operands);
      return simpler && [simpler];
    },
    differentiable: vjp !== undefined || decompose !== undefined,
    reference(inputs, _, [{ shape, dtype }]) {
      const [a, b] = inputs.map(({ data }) => data);
      const out = new Float64Array(sizeOf(shape));
      const f = dtype !== "f32" && integer ? integer : value;
      for (let i = 0; i < out.length; i++) out[i] = wrap(dtype, f(a?.[i] ?? 0, b?.[i] ?? 0));
      return [out];
    },
    examples: [
      ...(definition.examples ?? [onShape(7), onShape(3, 5), onShape(2, 3, 4)]),
      ...accepts.filter((dtype) => dtype !== "f32").map((dtype) => ({ inputs: combinations(dtype, arity), attrs: {} })),
    ],
  });
};

export const defineUnary = (definition: Elementwise<["x"]>) => defineElementwise(1, definition);
export const defineBinary = (definition: Elementwise<["a", "b"]>) => defineElementwise(2, definition);

/** x + -0, x - 0, x * 1, x / 1, and arithmetic on f32 constants, rounded as a backend would. (-0 + 0 is 0, so x + 0 is not always x.) */
const simplifyArithmetic = (
  value: (a: number, b: number) => number,
  { left, right }: { readonly left?: number; readonly right: number },
  a: Tensor,
  b: Tensor,
  { shape, dtype }: Aval,
): Tensor | undefined => {
  if (dtype !== "f32") return undefined;
  const [x, y] = [constantValue(a), constantValue(b)];
  if (x !== undefined && y !== undefined) return full(shape, Math.fround(value(Math.fround(x), Math.fround(y))));
  if (left !== undefined && Object.is(x, left)) return b;
  return Object.is(y, right) ? a : undefined;
};

/** Checks the operands of an op that works point by point; returns what they have in common. */
const checkElementwise = (name: string, inputs: readonly Aval[], accepts: readonly DType[]): Aval => {
  const [first] = inputs;
  for (const { shape, dtype } of inputs) {
    if (!accepts.includes(dtype))
      throw new TensorError(
        "dtype",
        `${name}: takes ${accepts.join(" or ")}, got ${dtype}${formatShape(shape)}; use cast(x, "${accepts[0]}")`,
      );
    if (dtype !== first?.dtype)
      throw new TensorError(
        "dtype",
        `${name}: operands have dtypes ${inputs.map((x) => x.dtype).join(" and ")}; cast one so that they agree`,
      );
    if (!sameShape(shape, first.shape))
      throw new TensorError(
        "shape",
        `${name}: operands ${inputs.map((x) => formatShape(x.shape)).join(" and ")} must have one shape`,
      );
  }
  if (!first) throw new TensorError("argument", `${name}: takes at least one operand`);
  return first;
};

/** A function of one tensor that works point by point. */
export type Pointwise = <S extends Shape>(x: Tensor<S>) => Tensor<S>;

export const pointwise = (f: (x: Tensor) => Tensor): Pointwise => f as Pointwise;

/** The function that records an op of one operand. */
export const recording = (op: Op<NoAttrs, ["x"], ["out"]>): Pointwise => pointwise((x) => apply(op, [x], {}));

/** One example of operands with these values. */
export const givenExample = (dtype: DType, ...operands: readonly (readonly number[])[]): OpExample<NoAttrs>[] => [
  { inputs: operands.map((values) => ({ shape: [values.length], dtype, values })), attrs: {} },
];

const FLOAT = ["f32"] as const;
export const NUMERIC = ["f32", "i32", "u32"] as const;

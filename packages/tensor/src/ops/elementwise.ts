import type { ScalarOp } from "../compile/kernel.js";
import type { DType } from "../dtype.js";
import { formatShape, TensorError } from "../errors.js";
import { type Attrs, type Aval, defineOp, type Op, type OpExample } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { wrap } from "../reference-math.js";
import { sameShape } from "../shape.js";
import { combinations } from "./examples.js";

export type NoAttrs = Readonly<Record<never, never>>;

interface Elementwise<A extends Attrs> {
  readonly name: string;
  readonly scalar: ScalarOp;
  /** Dtypes the operands may have. */
  readonly accepts: readonly DType[];
  /** Result dtype; that of the operands unless told. */
  readonly gives?: DType;
  /** The function of one point, in float64. Integers wrap afterwards. */
  readonly value: (a: number, b: number, c: number) => number;
  /** The same for integers, where float64 is not exact. */
  readonly integer?: (a: number, b: number) => number;
  readonly vjp?: NonNullable<Op<A>["vjp"]>;
  /** The same in other ops: used for gradients where there is no `vjp`, and by backends without the scalar function. */
  readonly decompose?: (x: Tensor) => Tensor;
  /** Those of integers and bool are added: every combination of the dtype's edges. */
  readonly examples: readonly OpExample<A>[];
}

/** An op that works point by point on operands of one shape and one dtype. */
export const defineElementwise = ({
  name,
  scalar,
  accepts,
  gives,
  value,
  integer,
  vjp,
  decompose,
  examples,
}: Elementwise<NoAttrs>): Op<NoAttrs> =>
  defineOp<NoAttrs>({
    name,
    lowering: { kind: "scalar", scalar },
    infer(inputs) {
      const [first] = inputs;
      checkElementwise(name, inputs, accepts);
      return [{ shape: first!.shape, dtype: gives ?? first!.dtype }];
    },
    flops: (_, [output]) => (output!.dtype === "f32" ? output!.shape.reduce((p, n) => p * n, 1) : 0),
    ...(vjp ? { vjp } : {}),
    ...(decompose ? { decompose: ([x]: readonly Tensor[]) => [decompose(x!)] } : {}),
    differentiable: vjp !== undefined || decompose !== undefined,
    reference(inputs, _attrs, [output]) {
      const [a, b, c] = inputs.map((x) => x.data);
      const out = new Float64Array(a!.length);
      const f = output!.dtype !== "f32" && integer ? integer : value;
      for (let i = 0; i < out.length; i++) out[i] = wrap(output!.dtype, f(a![i]!, b?.[i] ?? 0, c?.[i] ?? 0));
      return [out];
    },
    examples: [
      ...examples,
      ...accepts
        .filter((dtype) => dtype !== "f32")
        .map((dtype) => ({ inputs: combinations(dtype, examples[0]!.inputs.length), attrs: {} })),
    ],
  });

export const checkElementwise = (name: string, inputs: readonly Aval[], accepts: readonly DType[]): void => {
  const [first] = inputs;
  for (const { shape, dtype } of inputs) {
    if (!accepts.includes(dtype))
      throw new TensorError(
        "dtype",
        `${name}: takes ${accepts.join(" or ")}, got ${dtype}${formatShape(shape)}; use cast(x, "${accepts[0]}")`,
      );
    if (dtype !== first!.dtype)
      throw new TensorError(
        "dtype",
        `${name}: operands have dtypes ${inputs.map((x) => x.dtype).join(" and ")}; cast one so that they agree`,
      );
    if (!sameShape(shape, first!.shape))
      throw new TensorError(
        "shape",
        `${name}: operands ${inputs.map((x) => formatShape(x.shape)).join(" and ")} must have one shape`,
      );
  }
};

/** Shapes every unary op is checked on. */
export const unaryExamples = (range?: readonly [number, number]): OpExample<NoAttrs>[] =>
  [[7], [3, 5], [2, 3, 4]].map((shape) => ({ inputs: [{ shape, ...(range ? { range } : {}) }], attrs: {} }));

export const binaryExamples = (
  left?: readonly [number, number],
  right: readonly [number, number] | undefined = left,
): OpExample<NoAttrs>[] =>
  [[7], [3, 5]].map((shape) => ({
    inputs: [
      { shape, ...(left ? { range: left } : {}) },
      { shape, ...(right ? { range: right } : {}) },
    ],
    attrs: {},
  }));

export const FLOAT = ["f32"] as const;
export const NUMERIC = ["f32", "i32", "u32"] as const;
export const BITS = ["u32", "i32", "bool"] as const;

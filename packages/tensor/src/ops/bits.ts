import type { ScalarFunction } from "../backends/scalars.js";
import type { DType } from "../dtype.js";
import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { defineBinary, defineUnary, givenExample } from "./elementwise.js";
import { applyBroadcast, type Operand } from "./operands.js";

type Operands = readonly [a: readonly number[], b: readonly number[]];

/** An op on integers, and operands to check it on beside the edges of its dtypes. */
const defineIntegers = (
  name: string,
  scalar: ScalarFunction,
  accepts: readonly DType[],
  example: Operands,
  value: (a: number, b: number) => number,
) => defineBinary({ name, scalar, accepts, value, examples: givenExample("u32", ...example) });

const BITS = ["u32", "i32", "bool"] as const;
const WORDS: Operands = [
  [0, 1, 0xffffffff, 12],
  [7, 1, 0xf0f0f0f0, 10],
];

export const bitAndOp = defineIntegers("bitAnd", "and", BITS, WORDS, (a, b) => a & b);
export const bitOrOp = defineIntegers("bitOr", "or", BITS, WORDS, (a, b) => a | b);
export const bitXorOp = defineIntegers("bitXor", "xor", BITS, WORDS, (a, b) => a ^ b);

/** Bitwise and; logical for bool. */
export const bitAnd = (a: Operand, b: Operand): Tensor => applyBroadcast(bitAndOp, a, b);

/** Bitwise or; logical for bool. */
export const bitOr = (a: Operand, b: Operand): Tensor => applyBroadcast(bitOrOp, a, b);

/** Bitwise exclusive or; logical for bool. */
export const bitXor = (a: Operand, b: Operand): Tensor => applyBroadcast(bitXorOp, a, b);

export const logicalNotOp = defineUnary({
  name: "logicalNot",
  scalar: "not",
  accepts: ["bool"],
  value: (x) => Number(!x),
  examples: givenExample("bool", [1, 0, 1]),
});

/** True where `x` is false. */
export const logicalNot = <S extends Shape>(x: Tensor<S>): Tensor<S, "bool"> =>
  apply(logicalNotOp, [x], {}) as Tensor<S, "bool">;

const SHIFTS: Operands = [
  [1, 3, 0xffffffff, 0x80000001],
  [0, 4, 31, 1],
];

export const shiftLeftOp = defineIntegers("shiftLeft", "shl", ["u32"], SHIFTS, (a, b) => a << b);
export const shiftRightOp = defineIntegers("shiftRight", "shr", ["u32"], SHIFTS, (a, b) => a >>> b);

/** `a << b` for u32, `b` below 32. */
export const shiftLeft = (a: Operand, b: Operand): Tensor => applyBroadcast(shiftLeftOp, a, b);

/** `a >>> b` (logical) for u32, `b` below 32. */
export const shiftRight = (a: Operand, b: Operand): Tensor => applyBroadcast(shiftRightOp, a, b);

const DIVISIONS: Operands = [
  [7, 3, 0xffffffff, 9],
  [3, 4, 10, 0],
];

export const quotientOp = defineIntegers("quotient", "quo", ["u32"], DIVISIONS, (a, b) =>
  b === 0 ? 0 : Math.floor(a / b),
);
export const remainderOp = defineIntegers("remainder", "rem", ["u32"], DIVISIONS, (a, b) => (b === 0 ? 0 : a % b));

/** Whole part of `a / b` for u32; a zero divisor gives 0. */
export const quotient = (a: Operand, b: Operand): Tensor => applyBroadcast(quotientOp, a, b);

/** `a mod b` for u32; a zero divisor gives 0. */
export const remainder = (a: Operand, b: Operand): Tensor => applyBroadcast(remainderOp, a, b);

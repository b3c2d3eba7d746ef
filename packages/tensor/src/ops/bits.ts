import type { ScalarFunction } from "../backends/scalars.js";
import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { BITS, defineBinary, defineUnary, givenExample } from "./elementwise.js";
import { applyBroadcast, type Operand } from "./operands.js";

type Integers = (a: number, b: number) => number;

const defineBitwise = (name: string, scalar: ScalarFunction, value: Integers) =>
  defineBinary({
    name,
    scalar,
    accepts: BITS,
    value,
    examples: givenExample("u32", [0, 1, 0xffffffff, 12], [7, 1, 0xf0f0f0f0, 10]),
  });

/** Of u32 alone; `examples` are pairs of operands. */
const defineUnsigned = (
  name: string,
  scalar: ScalarFunction,
  a: readonly number[],
  b: readonly number[],
  value: Integers,
) => defineBinary({ name, scalar, accepts: ["u32"], value, examples: givenExample("u32", a, b) });

export const bitAndOp = defineBitwise("bitAnd", "and", (a, b) => a & b);
export const bitOrOp = defineBitwise("bitOr", "or", (a, b) => a | b);
export const bitXorOp = defineBitwise("bitXor", "xor", (a, b) => a ^ b);

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

const SHIFTED = [1, 3, 0xffffffff, 0x80000001];
const COUNTS = [0, 4, 31, 1];

export const shiftLeftOp = defineUnsigned("shiftLeft", "shl", SHIFTED, COUNTS, (a, b) => a << b);
export const shiftRightOp = defineUnsigned("shiftRight", "shr", SHIFTED, COUNTS, (a, b) => a >>> b);

/** `a << b` for u32, `b` below 32. */
export const shiftLeft = (a: Operand, b: Operand): Tensor => applyBroadcast(shiftLeftOp, a, b);

/** `a >>> b` (logical) for u32, `b` below 32. */
export const shiftRight = (a: Operand, b: Operand): Tensor => applyBroadcast(shiftRightOp, a, b);

const DIVIDENDS = [7, 3, 0xffffffff, 9];
const DIVISORS = [3, 4, 10, 0];

export const quotientOp = defineUnsigned("quotient", "quo", DIVIDENDS, DIVISORS, (a, b) =>
  b === 0 ? 0 : Math.floor(a / b),
);
export const remainderOp = defineUnsigned("remainder", "rem", DIVIDENDS, DIVISORS, (a, b) => (b === 0 ? 0 : a % b));

/** Whole part of `a / b` for u32; a zero divisor gives 0. */
export const quotient = (a: Operand, b: Operand): Tensor => applyBroadcast(quotientOp, a, b);

/** `a mod b` for u32; a zero divisor gives 0. */
export const remainder = (a: Operand, b: Operand): Tensor => applyBroadcast(remainderOp, a, b);

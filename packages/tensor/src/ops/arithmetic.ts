import { apply } from "../graph/apply.js";
import type { NoAttrs } from "../graph/aval.js";
import { isNodeOf } from "../graph/define.js";
import type { Op, Tensor } from "../graph/tensor.js";
import { defineBinary, defineUnary, NUMERIC, type Pointwise, pointwise, recording } from "./elementwise.js";
import { applyBroadcast, type Operand } from "./operands.js";

export const addOp = defineBinary({
  name: "add",
  scalar: "add",
  accepts: NUMERIC,
  value: (a, b) => a + b,
  neutral: { left: -0, right: -0 },
  vjp: ({ cotangents: [g] }) => [g, g],
});

/** `a + b` with broadcasting; integers wrap. */
export const add = (a: Operand, b: Operand): Tensor => applyBroadcast(addOp, a, b);

export const subOp = defineBinary({
  name: "sub",
  scalar: "sub",
  accepts: NUMERIC,
  value: (a, b) => a - b,
  neutral: { right: 0 },
  vjp: ({ cotangents: [g] }) => [g, neg(g)],
});

/** `a - b` with broadcasting; integers wrap. */
export const sub = (a: Operand, b: Operand): Tensor => applyBroadcast(subOp, a, b);

export const mulOp = defineBinary({
  name: "mul",
  scalar: "mul",
  accepts: NUMERIC,
  value: (a, b) => a * b,
  integer: Math.imul,
  neutral: { left: 1, right: 1 },
  vjp: ({ inputs: [a, b], cotangents: [g] }) => [mul(g, b), mul(g, a)],
});

/** `a * b` with broadcasting; integers wrap. */
export const mul = (a: Operand, b: Operand): Tensor => applyBroadcast(mulOp, a, b);

export const divOp = defineBinary({
  name: "div",
  scalar: "div",
  range: [0.5, 3],
  value: (a, b) => a / b,
  neutral: { right: 1 },
  vjp: ({ inputs: [, b], outputs: [y], cotangents: [g] }) => [div(g, b), neg(div(mul(g, y), b))],
});

/** `a / b` with broadcasting. */
export const div = (a: Operand, b: Operand): Tensor => applyBroadcast(divOp, a, b);

export const negOp: Op<NoAttrs, ["x"], ["out"]> = defineUnary({
  name: "neg",
  scalar: "neg",
  value: (x) => -x,
  simplify: (x) => (isNodeOf(x.node, negOp) ? x.node.inputs[0] : undefined),
  vjp: ({ cotangents: [g] }) => [neg(g)],
});

/** `-x`; integers wrap. */
export const neg: Pointwise = pointwise((x) =>
  x.dtype === "i32" || x.dtype === "u32" ? mul(x, x.dtype === "u32" ? 0xffffffff : -1) : apply(negOp, [x], {}),
);

export const reciprocalOp = defineUnary({
  name: "reciprocal",
  scalar: "reciprocal",
  range: [0.3, 3],
  value: (x) => 1 / x,
  vjp: ({ outputs: [y], cotangents: [g] }) => [neg(mul(g, mul(y, y)))],
});

/** `1 / x`. */
export const reciprocal: Pointwise = recording(reciprocalOp);

import { abs } from "./abs-and-sign.js";
import { add, mul, neg } from "./arithmetic.js";
import { defineUnary, type Pointwise, recording } from "./elementwise.js";
import { exp } from "./exp-and-log.js";
import { log1pOfUnit } from "./log1p.js";
import { maximum } from "./maximum-and-minimum.js";
import { sigmoid } from "./sigmoid-and-tanh.js";

export const softplusOp = defineUnary({
  name: "softplus",
  value: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  vjp: ({ inputs: [x], cotangents: [g] }) => [mul(g, sigmoid(x))],
  decompose: (x) => add(maximum(x, 0), log1pOfUnit(exp(neg(abs(x))))),
});

/** log(1 + exp(x)), without overflow and with its relative accuracy kept where it is small. */
export const softplus: Pointwise = recording(softplusOp);

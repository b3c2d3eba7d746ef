import type { NoAttrs } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import { sizeOf } from "../shape.js";
import { abs } from "./abs.js";
import { add } from "./add.js";
import { checkElementwise, FLOAT, type Pointwise, recording, unaryExamples } from "./elementwise.js";
import { exp } from "./exp.js";
import { log1pOfUnit } from "./log1p.js";
import { maximum } from "./maximum.js";
import { mul } from "./mul.js";
import { neg } from "./neg.js";
import { sigmoid } from "./sigmoid.js";

export const softplusOp = defineOp<NoAttrs>({
  name: "softplus",
  lowering: { kind: "composite" },
  infer(inputs) {
    checkElementwise("softplus", inputs, FLOAT);
    return [{ shape: inputs[0].shape, dtype: "f32" }];
  },
  flops: ([x]) => sizeOf(x.shape),
  vjp: ({ inputs: [x], cotangents: [g] }) => [mul(g, sigmoid(x))],
  reference: ([x]) => [x.data.map((v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))))],
  decompose: ([x]) => [add(maximum(x, 0), log1pOfUnit(exp(neg(abs(x)))))],
  examples: unaryExamples(),
});

/** log(1 + exp(x)), without overflow and with its relative accuracy kept where it is small. */
export const softplus: Pointwise = recording(softplusOp);

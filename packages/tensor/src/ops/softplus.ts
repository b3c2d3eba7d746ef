import { apply } from "../graph/apply.js";
import type { NoAttrs } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { type Shape, sizeOf } from "../shape.js";
import { abs } from "./abs.js";
import { add } from "./add.js";
import { checkElementwise, FLOAT, unaryExamples } from "./elementwise.js";
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
export const softplus = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(softplusOp, [x], {}) as Tensor<S>;

import { formatShapes, TensorError } from "../errors.js";
import { applyAll } from "../graph/apply.js";
import { type Aval, mapEach } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { sameShape, sizeOf } from "../shape.js";
import { checkFinite, checkFloats, checkOptions } from "./arguments.js";
import { add, div, mul, sub } from "./arithmetic.js";
import { reshape } from "./reshape.js";
import { sqrt } from "./roots.js";
import { slice } from "./slice-and-pad.js";

type AdamWAttrs = {
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
};

/** One fused pass over parameter, gradient and both moments. */
export const adamwOp = defineOp<AdamWAttrs, ["p", "g", "m", "v", "rates"], ["p", "m", "v"]>({
  name: "adamw",
  lowering: { kind: "composite" },
  infer([p, g, m, v, rates]) {
    checkFloats("adamw", [p, g, m, v, rates]);
    if (![g, m, v].every((x) => sameShape(x.shape, p.shape)) || !sameShape(rates.shape, [3]))
      throw new TensorError(
        "shape",
        `adamw: parameter, gradient and moments must have one shape and rates be [3], got ${formatShapes([p, g, m, v, rates])}`,
      );
    return mapEach([p, m, v], ({ shape }): Aval => ({ shape, dtype: "f32" }));
  },
  flops: ([p]) => 14 * sizeOf(p.shape),
  decompose([p, g, m, v, rates], { beta1, beta2, eps, weightDecay }) {
    const rate = (i: number): Tensor => reshape(slice(rates, [i]), []);
    const [lr, correction1, correction2] = [rate(0), rate(1), rate(2)];
    const nextM = add(mul(m, beta1), mul(g, 1 - beta1));
    const nextV = add(mul(v, beta2), mul(mul(g, g), 1 - beta2));
    const denominator = add(sqrt(div(nextV, correction2)), eps);
    const update = div(div(nextM, correction1), denominator);
    const decayed = weightDecay === 0 ? p : sub(p, mul(p, mul(lr, weightDecay)));
    return [sub(decayed, mul(update, lr)), nextM, nextV];
  },
  examples: [
    {
      inputs: [
        { shape: [5] },
        { shape: [5] },
        { shape: [5] },
        { shape: [5], range: [0.1, 1] },
        { shape: [3], values: [0.01, 0.1, 0.02] },
      ],
      attrs: { beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0.1 },
    },
  ],
});

export interface AdamWOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly eps?: number;
  /** Decoupled: the parameter shrinks by lr * weightDecay. Default 0. */
  readonly weightDecay?: number;
}

/**
 * One AdamW step (Loshchilov and Hutter, arXiv 1711.05101). `rates` = [lr, 1 - beta1^t, 1 - beta2^t] is data, so that one program
 * serves every step. Returns the new parameter and moments.
 */
export const adamw = (
  parameter: Tensor,
  gradient: Tensor,
  m: Tensor,
  v: Tensor,
  rates: Tensor,
  options: AdamWOptions = {},
): [parameter: Tensor, m: Tensor, v: Tensor] => {
  checkOptions("adamw", options, ["beta1", "beta2", "eps", "weightDecay"]);
  const { beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weightDecay = 0 } = options;
  const attrs = { beta1, beta2, eps, weightDecay };
  for (const [name, value] of Object.entries(attrs)) checkFinite("adamw", name, value, 0);
  for (const name of ["beta1", "beta2"] as const)
    if (attrs[name] >= 1) throw new TensorError("argument", `adamw: ${name} must lie below 1, got ${attrs[name]}`);
  return [...applyAll(adamwOp, [parameter, gradient, m, v, rates], attrs)];
};

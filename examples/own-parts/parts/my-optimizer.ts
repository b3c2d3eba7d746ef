import { kind, number } from "@isoflop/spec";
import { add, mul, sign, sub } from "@isoflop/tensor";
import type { Optimizer } from "@isoflop/train";
import * as v from "valibot";

/**
 * Signum (arXiv 1802.04434, algorithm 2): the sign of a running mean of the gradients, every weight by as much as the others. Its weight decay is
 * apart from the gradient, as AdamW's is. Parameter groups, and the factors of muP, multiply both.
 */
export const optimizer = kind({
  name: "signum",
  about: "the sign of momentum",
  options: {
    momentum: v.optional(number({ atLeast: 0, below: 1 }), 0.9),
    weightDecay: v.optional(number({ atLeast: 0 }), 0),
  },
  build: ({ momentum, weightDecay }): Optimizer => ({
    moments: ["m"],
    words: `Signum (${momentum}), weight decay ${weightDecay}`,
    rates: (_, learningRate) => Float32Array.of(learningRate),
    update({ weights, gradient, moments, rates, factors }) {
      const m = add(mul(moments.m!, momentum), mul(gradient, 1 - momentum));
      const rate = mul(rates.reshape([]), factors.learningRate);
      const decayed = sub(weights, mul(weights, mul(rate, mul(factors.weightDecay, weightDecay))));
      return { weights: sub(decayed, mul(sign(m), rate)), moments: { m } };
    },
  }),
});

import { kind, positive } from "@isoflop/spec";
import { add, div, mul, sqrt, sub } from "@isoflop/tensor";
import * as v from "valibot";
import { withDecay } from "./coupled.js";
import { notNegative, type Optimizer, rateOf, scaled, share } from "./optimizer.js";

/** Gradients over the root of their mean square (Hinton, lecture 6e of "Neural Networks for Machine Learning"), as PyTorch has it. */
export const rmsprop = kind({
  name: "rmsprop",
  about: "gradients over the root of their mean square",
  options: {
    alpha: v.optional(share, 0.99),
    eps: v.optional(positive, 1e-8),
    weightDecay: v.optional(notNegative, 0),
  },
  build: ({ alpha, eps, weightDecay }): Optimizer => ({
    moments: ["v"],
    words: `RMSprop (${alpha}), weight decay ${weightDecay} in the gradient`,
    rates: (_, learningRate) => Float32Array.of(learningRate),
    update(inputs) {
      const { weights, moments, rates, factors } = inputs;
      const gradient = withDecay(inputs, weightDecay);
      const square = add(mul(moments.v!, alpha), mul(mul(gradient, gradient), 1 - alpha));
      const rate = scaled(rateOf(rates, 0), factors.learningRate);
      const step = div(gradient, add(sqrt(square), eps));
      return { weights: sub(weights, mul(step, rate)), moments: { v: square } };
    },
  }),
});

import { kind } from "@isoflop/spec";
import { adamw as fused, mul, sub } from "@isoflop/tensor";
import { adamDirection, adamFields, adamMoments, adamRates } from "./adam-moments.js";
import { withDecay } from "./coupled.js";
import { type Optimizer, rateOf, scaled } from "./optimizer.js";

/** Adam (Kingma and Ba, arXiv 1412.6980, algorithm 1), weight decay in the gradient. */
export const adam = kind({
  name: "adam",
  about: "Adam, weight decay in the gradient",
  options: adamFields(0),
  build: (settings): Optimizer => {
    const { beta1, beta2, eps, weightDecay, amsgrad } = settings;
    return {
      moments: adamMoments(settings),
      words: `Adam (${beta1}, ${beta2})${amsgrad ? " with AMSGrad" : ""}, weight decay ${weightDecay} in the gradient`,
      rates: (step, learningRate) => adamRates(step, learningRate, settings),
      update(inputs) {
        const { weights, moments, rates, factors } = inputs;
        const gradient = withDecay(inputs, weightDecay);
        if (!amsgrad && factors.learningRate === 1) {
          const [moved, m, v] = fused(weights, gradient, moments.m!, moments.v!, rates, { beta1, beta2, eps });
          return { weights: moved, moments: { m, v } };
        }
        const next = adamDirection(gradient, moments, rates, settings);
        const rate = scaled(rateOf(rates, 0), factors.learningRate);
        return { weights: sub(weights, mul(next.direction, rate)), moments: next.moments };
      },
    };
  },
});

import { kind } from "@isoflop/spec";
import { adamw as fused, mul, sub } from "@isoflop/tensor";
import { adamDirection, adamFields, adamMoments, adamRates } from "./adam-moments.js";
import { decayOf, type Optimizer, rateOf, scaled } from "./optimizer.js";

/** Adam whose weight decay is apart from the gradient: weights shrink by learning rate × weightDecay per step (Loshchilov, Hutter, arXiv 1711.05101, algorithm 2). */
export const adamw = kind({
  name: "adamw",
  about: "Adam with decoupled weight decay",
  options: adamFields(0.01),
  build: (settings): Optimizer => {
    const { beta1, beta2, eps, weightDecay, amsgrad } = settings;
    return {
      moments: adamMoments(settings),
      words: `AdamW (${beta1}, ${beta2})${amsgrad ? " with AMSGrad" : ""}, weight decay ${weightDecay}`,
      rates: (step, learningRate) => adamRates(step, learningRate, settings),
      update({ weights, gradient, moments, rates, factors }) {
        if (!amsgrad && factors.learningRate === 1 && typeof factors.weightDecay === "number") {
          const options = { beta1, beta2, eps, weightDecay: weightDecay * factors.weightDecay };
          const [moved, m, v] = fused(weights, gradient, moments.m!, moments.v!, rates, options);
          return { weights: moved, moments: { m, v } };
        }
        const next = adamDirection(gradient, moments, rates, settings);
        const rate = scaled(rateOf(rates, 0), factors.learningRate);
        const decay = decayOf(weightDecay, factors);
        const decayed = decay === 0 ? weights : sub(weights, mul(weights, mul(rate, decay)));
        return { weights: sub(decayed, mul(next.direction, rate)), moments: next.moments };
      },
    };
  },
});

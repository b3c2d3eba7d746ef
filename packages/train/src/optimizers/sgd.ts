import { kind } from "@isoflop/spec";
import { add, mul, sub } from "@isoflop/tensor";
import * as v from "valibot";
import { must } from "../errors.js";
import { withDecay } from "./coupled.js";
import { notNegative, type Optimizer, rateOf, scaled, share } from "./optimizer.js";

/**
 * Stochastic gradient descent as PyTorch has it: momentum adds gradients up, b ← momentum · b + (1 − dampening) · g, and the learning rate
 * multiplies the sum; the first gradient is not dampened. Nesterov's momentum looks one step ahead, g + momentum · b.
 */
export const sgd = kind({
  name: "sgd",
  about: "stochastic gradient descent, with or without momentum",
  options: {
    momentum: v.optional(share, 0),
    dampening: v.optional(share, 0),
    nesterov: v.exactOptional(v.literal(true, "true, or left out")),
    weightDecay: v.optional(notNegative, 0),
  },
  build: ({ momentum, dampening, nesterov, weightDecay }): Optimizer => {
    const given = `momentum is ${momentum} and dampening ${dampening}`;
    must(
      !nesterov || (momentum > 0 && dampening === 0),
      "spec",
      `${given}; nesterov takes momentum above 0 and no dampening`,
    );
    must(dampening === 0 || momentum > 0, "spec", `${given}; there is nothing to dampen without momentum`);
    const told = [
      ...(momentum > 0 ? [`${nesterov ? "Nesterov's momentum" : "momentum"} ${momentum}`] : []),
      ...(dampening > 0 ? [`dampening ${dampening}`] : []),
      `weight decay ${weightDecay} in the gradient`,
    ];
    return {
      family: "sgd",
      moments: momentum > 0 ? ["m"] : [],
      words: `SGD, ${told.join(", ")}`,
      rates: (step, learningRate) => Float32Array.of(learningRate, step === 0 ? 1 : 1 - dampening),
      update(inputs) {
        const { weights, moments, rates, factors } = inputs;
        const rate = scaled(rateOf(rates, 0), factors.learningRate);
        const gradient = withDecay(inputs, weightDecay);
        if (momentum === 0) return { weights: sub(weights, mul(gradient, rate)), moments };
        const m = add(mul(moments.m!, momentum), dampening > 0 ? mul(gradient, rateOf(rates, 1)) : gradient);
        const direction = nesterov ? add(gradient, mul(m, momentum)) : m;
        return { weights: sub(weights, mul(direction, rate)), moments: { m } };
      },
    };
  },
});

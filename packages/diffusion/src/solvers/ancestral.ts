import { choice } from "@isoflop/spec";
import { add, exp, mul } from "@isoflop/tensor";
import * as v from "valibot";
import { part } from "../checks.js";
import { defineStep, type Solver, type Step, type StepPlace } from "../solver.js";
import { inData } from "./exponential.js";
import { multistep } from "./multistep.js";
import { checkFalls, posterior } from "./posterior.js";

const variances = ["fixedSmall", "fixedLarge", "learnedRange"] as const;

const fixedStep = (variance: "small" | "large"): Step =>
  multistep(inData, { count: 1, keep: 0, draws: 1 }, ({ from, to }) => {
    const { carry, gain, [variance]: square } = posterior(from, to);
    return { carry, of: [gain], noise: Math.sqrt(square) };
  });

/** The mean alone. */
const lastStep = multistep(inData, { count: 1, keep: 0 }, ({ from, to }) => {
  const { carry, gain } = posterior(from, to);
  return { carry, of: [gain] };
});

/** Half the log-variance is `least` where the network says -1, and `range` more where it says 1. */
const learnedStep = defineStep({
  reads: "data",
  times: ({ from }) => [from.t],
  numbers({ from, to }: StepPlace) {
    const { carry, gain, small, large } = posterior(from, to);
    const [least, most] = [Math.log(small) / 2, Math.log(large) / 2];
    return { carry, gain, centre: (least + most) / 2, reach: (most - least) / 2 };
  },
  draws: 1,
  advance({ x, ask, askRange, numbers: { carry, gain, centre, reach }, noise }) {
    const deviation = exp(add(mul(askRange(x, 0), reach), centre));
    return { x: add(add(mul(x, carry), mul(ask(x, 0), gain)), mul(noise[0]!, deviation)) };
  },
});

const steps: Readonly<Record<(typeof variances)[number], Step>> = {
  fixedSmall: fixedStep("small"),
  fixedLarge: fixedStep("large"),
  learnedRange: learnedStep,
};

/**
 * DDPM's ancestral sampling (arXiv 2006.11239, algorithm 2), between any two times of any path; on a path of discrete steps it is DDPM's own. First order,
 * one evaluation a step, stochastic; the step to t = 0 adds no noise. `variance` is the posterior's ("fixedSmall"), the one that is right
 * for standard normal data ("fixedLarge", on a path that preserves variance DDPM's β), or between them where the network says, if its objective's
 * variance is "learnedRange" (arXiv 2102.09672, equation 15). Unsaid it is learned where the objective's is, and else the posterior's.
 */
export const ancestral = part({
  name: "ancestral",
  options: { variance: v.optional(choice(variances)) },
  build: ({ variance }): Solver => ({
    name: "ancestral",
    step(place) {
      checkFalls("ancestral", place);
      if (place.to.t === 0) return lastStep;
      return steps[variance ?? (place.learnsVariance ? "learnedRange" : "fixedSmall")];
    },
  }),
});

import { number, positive } from "@isoflop/spec";
import { add, mul } from "@isoflop/tensor";
import * as v from "valibot";
import { part } from "../checks.js";
import { defineStep, type Instant, type Solver, type Step, type StepPlace } from "../solver.js";
import { firstOrderStep } from "./ddim.js";
import { held, inNoise } from "./exponential.js";
import { checkFalls } from "./posterior.js";

interface Churn {
  readonly churn: number;
  readonly min: number;
  readonly max?: number | undefined;
  readonly noise: number;
}

const ratioOf = ({ alpha, sigma }: Instant): number => sigma / alpha;

/** Where a step starts after noise is added: at most at the path's end. */
const raised = (
  { path, from, before, left, at }: StepPlace,
  { churn, min, max = Number.POSITIVE_INFINITY }: Churn,
): Instant => {
  const ratio = ratioOf(from);
  const share = Math.min(churn / (before.length + 1 + left), Math.SQRT2 - 1);
  if (share === 0 || !Number.isFinite(ratio) || ratio < min || ratio > max) return from;
  const t = path.timeAt(ratio * (1 + share));
  return t > from.t ? at(t) : from;
};

/** Heun's step in sigma / alpha, from where noise has been added. */
const steps = (options: Churn): { readonly noisy: Step; readonly quiet: Step; readonly last: Step } => {
  const stepOf = (draws: 0 | 1, evaluations: 1 | 2): Step =>
    defineStep({
      reads: "noise",
      times: (place) => [raised(place, options).t, place.to.t].slice(0, evaluations),
      numbers(place) {
        const from = raised(place, options);
        const raise = from.alpha / place.from.alpha;
        const added = Math.sqrt(Math.max(0, from.sigma ** 2 - (raise * place.from.sigma) ** 2));
        return { raise, noise: options.noise * added, ...held(inNoise, from, place.to) };
      },
      draws,
      advance({ x: start, ask, numbers: { raise, noise, carry, gain }, noise: drawn }) {
        const x = draws === 0 ? start : add(mul(start, raise), mul(drawn[0]!, noise));
        const first = ask(x, 0);
        const euler = add(mul(x, carry), mul(first, gain));
        if (evaluations === 1) return { x: euler };
        const both = add(first, ask(euler, 1));
        return { x: add(mul(x, carry), mul(both, mul(gain, 0.5))) };
      },
    });
  return { noisy: stepOf(1, 2), quiet: stepOf(0, 2), last: stepOf(1, 1) };
};

/**
 * EDM's stochastic sampler (Karras et al., arXiv 2206.00364, algorithm 2): where sigma / alpha is in `min`..`max`, each of N steps first raises it by the share
 * min(churn / N, √2 - 1), with noise of deviation `noise`, and then takes Heun's step in sigma / alpha. Second order, two evaluations a step;
 * the step to t = 0 is Euler's. Without churn it draws nothing. Noise beyond the path's end is not added.
 * @throws DiffusionError("option") unless churn, min and noise are at least 0 and max is above 0; as it steps, where times rise and churn is above 0
 */
export const edmStochastic = part({
  name: "edmStochastic",
  options: {
    churn: v.optional(number({ atLeast: 0 }), 0),
    min: v.optional(number({ atLeast: 0 }), 0),
    max: v.optional(positive),
    noise: v.optional(number({ atLeast: 0 }), 1),
  },
  build(options): Solver {
    const { noisy, quiet, last } = steps(options);
    return {
      name: "edmStochastic",
      step(place) {
        const { from, to } = place;
        if (options.churn > 0) checkFalls("edmStochastic with churn", place);
        const raises = raised(place, options) !== from;
        if (from.alpha === 0 || to.alpha === 0) return firstOrderStep(place);
        if (to.sigma === 0 || to.t === 0) return raises ? last : firstOrderStep(place);
        return raises ? noisy : quiet;
      },
    };
  },
});

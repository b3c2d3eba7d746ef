import { choice, number, whole } from "@isoflop/spec";
import * as v from "valibot";
import { part, unit } from "../checks.js";
import type { Solver, Step, StepPlace } from "../solver.js";
import { firstOrderStep } from "./ddim.js";
import { type Form, hasLambda, inData, inNoise, phi, usable } from "./exponential.js";
import { multistep, type Shares } from "./multistep.js";
import { checkFalls } from "./posterior.js";

interface Options {
  readonly form: Form;
  readonly eta: number;
  readonly noise: number;
  readonly correction: "midpoint" | "heun";
  readonly curvature: "whole" | "half";
}

/** Steps of log-SNR: this one, and those before in units of it. */
const spans = (
  { from, to, before }: StepPlace,
  count: number,
): { readonly h: number; readonly ratios: readonly number[] } => {
  const h = to.lambda - from.lambda;
  const marks = [from, ...before].slice(0, count);
  return { h, ratios: marks.slice(1).map((at, i) => (marks[i]!.lambda - at.lambda) / h) };
};

/** What is read now and was read before, each with its share in the step to `to`. */
const sharesOf = (place: StepPlace, count: number, { form, eta, noise, correction, curvature }: Options): Shares => {
  const { from, to } = place;
  const { h, ratios } = spans(place, count);
  const [r0 = 1, r1 = 1] = ratios;
  // Noise that is added has to be taken away as well: the step is longer by eta.
  const long = form.span(from, to) * (1 + eta);
  const gain = form.gain(to);
  const first = gain * -Math.expm1(-long);
  const second = gain * long * phi(2, long);
  const third = gain * long * phi(3, long);
  const carry = (form.carry(to) / form.carry(from)) * Math.exp(-eta * h);
  const added = { noise: noise * to.sigma * Math.sqrt(-Math.expm1(-2 * eta * h)) };
  if (count === 1) return { carry, of: [first], ...added };
  if (count === 2) {
    const slope = (correction === "heun" ? second : first / 2) / r0;
    return { carry, of: [first + slope, -slope], ...added };
  }
  // Newton's divided differences: the slope at `from`, and half the second derivative.
  const bend = (third * (curvature === "whole" ? 2 : 1)) / (r0 + r1);
  const near = (second * (1 + r0 / (r0 + r1)) + bend) / r0;
  const far = -((second * r0) / (r0 + r1) + bend) / r1;
  return { carry, of: [first + near, far - near, -far], ...added };
};

const order = v.optional(whole({ atLeast: 1, atMost: 3 }), 2);
const shared = {
  correction: v.optional(choice(["midpoint", "heun"]), "midpoint"),
  curvature: v.optional(choice(["whole", "half"]), "whole"),
  lowerOrderFinal: v.optional(v.boolean(), true),
};

/** Which of its steps, by order, a solver takes at a place; undefined where there is no log-SNR to continue in. */
const chooser = (
  { order, lowerOrderFinal }: { readonly order: number; readonly lowerOrderFinal: boolean },
  draws: 0 | 1,
  options: Options,
) => {
  const steps = [1, 2, 3].map((count) =>
    multistep(options.form, { count, keep: order, draws }, (place) => sharesOf(place, count, options)),
  );
  return (place: StepPlace): Step | undefined => {
    const known = usable(place, hasLambda);
    if (known === 0 || !hasLambda(place.to)) return undefined;
    const most = lowerOrderFinal ? Math.min(order, place.left + 1) : order;
    return steps[Math.min(most, known) - 1]!;
  };
};

/**
 * DPM-Solver of several steps: {@link dpmSolverPP} with noise in place of data, which are read once a step and continued in log-SNR by what they were in the
 * `order - 1` steps before (Lu et al., arXiv 2206.00927, in the multistep form of arXiv 2211.01095, appendix; diffusers' DPMSolverMultistepScheduler with
 * algorithm_type "dpmsolver", whose third order `curvature: "half"` gives). Deterministic, in both directions; the first steps are of lower order, as are the
 * last with `lowerOrderFinal`; steps from or to a time without signal or without noise are DDIM's.
 * @throws DiffusionError("option") for an order other than 1, 2 and 3
 */
export const dpmSolverMultistep = part({
  name: "dpmSolverMultistep",
  options: { order, ...shared },
  build({ correction, curvature, ...how }): Solver {
    const chosen = chooser(how, 0, { form: inNoise, eta: 0, noise: 1, correction, curvature });
    return { name: "dpmSolverMultistep", step: (place) => chosen(place) ?? firstOrderStep(place) };
  },
});

/**
 * DPM-Solver++ of several steps (Lu et al., arXiv 2211.01095, algorithm 2 and appendix): data are read once a step and continued in log-SNR by what they were
 * in the `order - 1` steps before. Known as 2M and 3M; with `eta` above 0 as 2M SDE and 3M SDE, which add noise (k-diffusion's
 * `sample_dpmpp_2m_sde` and `sample_dpmpp_3m_sde`, `noise` being its s_noise). The first steps are of lower order, as are the last with `lowerOrderFinal`;
 * steps from or to a time without signal or without noise are DDIM's, exact in the limit. `correction` is of steps of the second order.
 *
 * The authors' code and k-diffusion's take a divided difference for the second derivative, which is twice that, so that their third order is a second one;
 * `curvature: "half"` gives their numbers (k-diffusion's with `correction: "heun"` and without `lowerOrderFinal`).
 * @throws DiffusionError("option") for an order other than 1, 2 and 3, eta outside 0..1 or noise below 0; as it steps, where times rise and eta is above 0
 */
export const dpmSolverPP = part({
  name: "dpmSolverPP",
  options: {
    order,
    eta: v.optional(unit, 0),
    noise: v.optional(number({ atLeast: 0 }), 1),
    ...shared,
  },
  build({ order, lowerOrderFinal, ...options }): Solver {
    const draws = options.eta > 0 ? 1 : 0;
    const chosen = chooser({ order, lowerOrderFinal }, draws, { form: inData, ...options });
    /** All noise is new where there was nothing else. */
    const anew = multistep(inData, { count: 1, keep: 0, draws: 1 }, ({ to }) => ({
      carry: 0,
      of: [to.alpha],
      noise: options.noise * to.sigma,
    }));
    return {
      name: "dpmSolverPP",
      step(place) {
        if (draws === 1) checkFalls("dpmSolverPP of eta above 0", place);
        return chosen(place) ?? (draws === 1 && hasLambda(place.to) ? anew : firstOrderStep(place));
      },
    };
  },
});

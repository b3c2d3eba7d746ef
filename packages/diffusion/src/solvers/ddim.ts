import * as v from "valibot";
import { part, unit } from "../checks.js";
import type { Solver, Step, StepPlace } from "../solver.js";
import { type Form, held, inData, inNoise } from "./exponential.js";
import { multistep } from "./multistep.js";
import { checkFalls, posterior } from "./posterior.js";

/** One step of first order, which leaves what it read. */
const heldStep = (form: Form): Step =>
  multistep(form, { count: 1, keep: 1 }, ({ from, to }) => {
    const { carry, gain } = held(form, from, to);
    return { carry, of: [gain] };
  });

const steps = { data: heldStep(inData), noise: heldStep(inNoise) };

/**
 * The step of first order between any two times, both ends of a path too: written in data where there is noise to start from, and to rise in noise,
 * which is the same but where one of them is nothing.
 */
export const firstOrderStep = ({ from, to }: StepPlace): Step =>
  from.alpha !== 0 && (from.sigma === 0 || to.t > from.t) ? steps.noise : steps.data;

/**
 * DDIM (Song et al., arXiv 2010.02502, equation 12): first order, one evaluation a step. With `eta` 0 it is Euler's method in sigma / alpha and
 * goes in both directions; with 1 it is DDPM's ancestral sampling of the small variance. Between them `eta` is the share of that deviation.
 * @throws DiffusionError("option") unless eta is in 0..1; as it steps, where times rise and eta is above 0
 */
export const ddim = part({
  name: "ddim",
  options: { eta: v.optional(unit, 0) },
  build({ eta }): Solver {
    const noisy = multistep(inData, { count: 1, keep: 0, draws: 1 }, ({ from, to }) => {
      const { shrinks, small } = posterior(from, to);
      const carry = (to.sigma * Math.sqrt(1 - eta ** 2 * shrinks)) / from.sigma;
      return { carry, of: [to.alpha - from.alpha * carry], noise: eta * Math.sqrt(small) };
    });
    return {
      name: "ddim",
      step(place) {
        if (eta === 0) return firstOrderStep(place);
        checkFalls("ddim of eta above 0", place);
        return place.to.t === 0 ? firstOrderStep(place) : noisy;
      },
    };
  },
});

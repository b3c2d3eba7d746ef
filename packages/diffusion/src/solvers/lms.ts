import { whole } from "@isoflop/spec";
import * as v from "valibot";
import { part } from "../checks.js";
import type { Instant, Solver, StepPlace } from "../solver.js";
import { firstOrderStep } from "./ddim.js";
import { inNoise, usable } from "./exponential.js";
import { multistep, type Shares } from "./multistep.js";

const ratioOf = ({ alpha, sigma }: Instant): number => sigma / alpha;

/** Gauss and Legendre's two points, which are exact up to the third degree. */
const points = [-1, 1].map((sign) => 0.5 + sign * Math.sqrt(1 / 12));

/** Of the polynomial that is 1 at the j-th node and 0 at the others: what is under it from a to b. */
const under = (nodes: readonly number[], j: number, a: number, b: number): number => {
  const at = (x: number): number =>
    nodes.reduce((product, node, k) => (k === j ? product : (product * (x - node)) / (nodes[j]! - node)), 1);
  return points.reduce((sum, point) => sum + ((b - a) / 2) * at(a + point * (b - a)), 0);
};

const sharesOf = ({ from, to, before }: StepPlace, count: number): Shares => {
  const nodes = [from, ...before].slice(0, count).map(ratioOf);
  const of = nodes.map((_, j) => to.alpha * under(nodes, j, ratioOf(from), ratioOf(to)));
  return { carry: to.alpha / from.alpha, of };
};

/**
 * Linear multistep in sigma / alpha (k-diffusion's `sample_lms`): noise is read once a step, and the polynomial through what it is and was in the
 * `order - 1` steps before is integrated exactly. Deterministic, in both directions; the first steps are of lower order, and so are those from a time
 * without signal.
 * @throws DiffusionError("option") unless order is in 1..4
 */
export const lms = part({
  name: "lms",
  options: { order: v.optional(whole({ atLeast: 1, atMost: 4 }), 4) },
  build({ order }): Solver {
    const steps = [1, 2, 3, 4].map((count) =>
      multistep(inNoise, { count, keep: order }, (place) => sharesOf(place, count)),
    );
    return {
      name: "lms",
      step(place) {
        const known = usable(place, ({ alpha }) => alpha > 0);
        if (known === 0 || place.to.alpha === 0) return firstOrderStep(place);
        return steps[Math.min(order, known) - 1]!;
      },
    };
  },
});

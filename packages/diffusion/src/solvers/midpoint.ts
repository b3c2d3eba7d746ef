import * as v from "valibot";
import { part } from "../checks.js";
import { isLast, type Solver } from "../solver.js";
import { eulerStep } from "./euler.js";
import { rungeKuttaStep } from "./runge-kutta.js";

const step = rungeKuttaStep({ nodes: [0, 1 / 2], rows: [[], [1 / 2]], weights: [0, 1] });

/**
 * The midpoint rule: second order, two evaluations a step, none of them at its end. It is EDM's family of second order at its parameter 1/2 (arXiv
 * 2206.00364, algorithm 3), where the last step is Euler's: `lastEuler`.
 */
export const midpoint = part({
  name: "midpoint",
  options: { lastEuler: v.optional(v.boolean(), false) },
  build: ({ lastEuler }): Solver => ({
    name: "midpoint",
    step: (place) => (lastEuler && isLast(place) ? eulerStep : step),
  }),
});

import { add, mul } from "@isoflop/tensor";
import * as v from "valibot";
import { part } from "../checks.js";
import { defineStep, isLast, lengthOf, type Solver } from "../solver.js";
import { eulerStep } from "./euler.js";

const heunStep = defineStep({
  reads: "velocity",
  times: ({ from, to }) => [from.t, to.t],
  numbers: (place) => ({ h: lengthOf(place) }),
  advance({ x, ask, numbers: { h } }) {
    const first = ask(x, 0);
    const second = ask(add(x, mul(first, h)), 1);
    return { x: add(x, mul(add(first, second), mul(h, 0.5))) };
  },
});

/**
 * Second order, two evaluations a step. The last step is Euler's unless `lastEuler` is false, as in EDM (arXiv 2206.00364, algorithm 1): fields are
 * often singular at t = 0.
 */
export const heun = part({
  name: "heun",
  options: { lastEuler: v.optional(v.boolean()) },
  build: ({ lastEuler = true }): Solver => ({
    name: "heun",
    step: (place) => (lastEuler && isLast(place) ? eulerStep : heunStep),
  }),
});

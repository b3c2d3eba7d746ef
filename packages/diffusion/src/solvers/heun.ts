import { add, mul } from "@isoflop/tensor";
import { part } from "../checks.js";
import type { Solver, Step } from "../solver.js";
import { eulerStep } from "./euler.js";

const heunStep: Step = {
  shares: [0, 1],
  advance(field, x, h) {
    const first = field(x, 0);
    const second = field(add(x, mul(first, h)), 1);
    return add(x, mul(add(first, second), mul(h, 0.5)));
  },
};

/** Second order, two evaluations a step. The last step is Euler's, as in EDM (arXiv 2206.00364, algorithm 1): fields are often singular at t = 0. */
export const heun = part({
  name: "heun",
  build: (): Solver => ({ name: "heun", step: heunStep, lastStep: eulerStep }),
});

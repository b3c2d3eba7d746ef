import { add, mul } from "@isoflop/tensor";
import { part } from "../checks.js";
import type { Solver, Step } from "../solver.js";

export const eulerStep: Step = {
  shares: [0],
  advance: (field, x, h) => add(x, mul(field(x, 0), h)),
};

/** First order, one evaluation a step. */
export const euler = part({
  name: "euler",
  build: (): Solver => ({ name: "euler", step: eulerStep }),
});

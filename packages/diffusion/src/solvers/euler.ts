import { kind } from "@isoflop/spec";
import { add, mul } from "@isoflop/tensor";
import { maker } from "../checks.js";
import type { Solver, Step } from "../solver.js";

export const eulerStep: Step = {
  shares: [0],
  advance: (field, x, h) => add(x, mul(field(x, 0), h)),
};

export const eulerKind = kind({
  name: "euler",
  options: {},
  build: (): Solver => ({ name: "euler", step: eulerStep }),
});

/** First order, one evaluation a step. */
export const euler = maker(eulerKind);

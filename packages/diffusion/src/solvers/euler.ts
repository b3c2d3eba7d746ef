import { add, mul } from "@isoflop/tensor";
import { part } from "../checks.js";
import { defineStep, lengthOf, type Solver } from "../solver.js";

export const eulerStep = defineStep({
  reads: "velocity",
  times: ({ from }) => [from.t],
  numbers: (place) => ({ h: lengthOf(place) }),
  advance: ({ x, ask, numbers: { h } }) => ({ x: add(x, mul(ask(x, 0), h)) }),
});

/** First order, one evaluation a step. */
export const euler = part({
  name: "euler",
  build: (): Solver => ({ name: "euler", step: () => eulerStep }),
});

import { choice } from "@isoflop/spec";
import * as v from "valibot";
import { part } from "../checks.js";
import type { Solver } from "../solver.js";
import { rungeKuttaStep } from "./runge-kutta.js";

const rules = {
  classic: rungeKuttaStep({
    nodes: [0, 1 / 2, 1 / 2, 1],
    rows: [[], [1 / 2], [0, 1 / 2], [0, 0, 1]],
    weights: [1 / 6, 1 / 3, 1 / 3, 1 / 6],
  }),
  threeEighths: rungeKuttaStep({
    nodes: [0, 1 / 3, 2 / 3, 1],
    rows: [[], [1 / 3], [-1 / 3, 1], [1, -1, 1]],
    weights: [1 / 8, 3 / 8, 3 / 8, 1 / 8],
  }),
};

/**
 * Runge and Kutta's: fourth order, four evaluations a step. `rule` is the classic one, or the 3/8 rule, which torchdiffeq calls rk4 (Hairer, Nørsett and
 * Wanner, Solving Ordinary Differential Equations I, table II.1.2).
 */
export const rk4 = part({
  name: "rk4",
  options: { rule: v.optional(choice(["classic", "threeEighths"]), "classic") },
  build: ({ rule }): Solver => ({ name: "rk4", step: () => rules[rule] }),
});

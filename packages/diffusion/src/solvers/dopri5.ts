import { positive } from "@isoflop/spec";
import * as v from "valibot";
import { count, part } from "../checks.js";
import type { Solver } from "../solver.js";
import { rungeKuttaStep, type Tableau } from "./runge-kutta.js";

const weights = [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84, 0];
const lower = [5179 / 57600, 0, 7571 / 16695, 393 / 640, -92097 / 339200, 187 / 2100, 1 / 40];

const tableau: Tableau = {
  nodes: [0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1],
  rows: [
    [],
    [1 / 5],
    [3 / 40, 9 / 40],
    [44 / 45, -56 / 15, 32 / 9],
    [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
    [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
    weights,
  ],
  weights,
  error: weights.map((weight, i) => weight - lower[i]!),
  firstSameAsLast: true,
};

const first = rungeKuttaStep(tableau);
const next = rungeKuttaStep(tableau, true);

/**
 * Dormand and Prince's pair of orders 5 and 4, which chooses its own steps (J. Comput. Appl. Math. 6, 1980; Hairer, Nørsett and Wanner, Solving Ordinary
 * Differential Equations I, table II.5.2): each has an error of at most `atol + rtol · |x|`, as a root mean square over the whole batch. Six
 * evaluations a step, tried or taken, and one more until the first is taken. Its defaults are SiT's. `most` is how many steps it tries.
 */
export const dopri5 = part({
  name: "dopri5",
  options: {
    atol: v.optional(positive, 1e-6),
    rtol: v.optional(positive, 1e-3),
    most: v.optional(count, 1000),
  },
  build: ({ atol, rtol, most }): Solver => ({
    name: "dopri5",
    step: ({ before }) => (before.length === 0 ? first : next),
    control: { order: 5, absolute: atol, relative: rtol, most },
  }),
});

import { defineStep, type Solver } from "@isoflop/diffusion";
import { kind, number } from "@isoflop/spec";
import { add, mul } from "@isoflop/tensor";
import * as v from "valibot";

/**
 * Explicit two-stage methods of second order, by the share `at` of the step where the field is asked a second time: the midpoint method at
 * 1/2, Ralston's, of least error bound, at 2/3 (Ralston, Math. Comp. 16, 1962). None asks at the end of a step, so no field is asked at
 * t = 0, where many are singular; the last step needs no other method, as Heun's does.
 */
export const solver = kind({
  name: "ralston",
  about: "second order, two evaluations a step, none at t = 0",
  options: { at: v.optional(number({ above: 0, below: 1 }), 2 / 3) },
  build({ at }): Solver {
    const step = defineStep({
      reads: "velocity",
      times: ({ from, to }) => [from.t, from.t + at * (to.t - from.t)],
      numbers: ({ from, to }) => ({ toSecond: at * (to.t - from.t), h: to.t - from.t }),
      advance({ x, ask, numbers: { toSecond, h } }) {
        const first = ask(x, 0);
        const second = ask(add(x, mul(first, toSecond)), 1);
        const weight = 1 / (2 * at);
        return { x: add(x, mul(add(mul(first, 1 - weight), mul(second, weight)), h)) };
      },
    });
    return { name: `two stages, ${at}`, step: () => step };
  },
});

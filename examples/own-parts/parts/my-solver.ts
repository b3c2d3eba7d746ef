import type { Solver } from "@isoflop/diffusion";
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
  build: ({ at }): Solver => ({
    name: `two stages, ${at}`,
    step: {
      shares: [0, at],
      advance(field, x, h) {
        const first = field(x, 0);
        const second = field(add(x, mul(first, mul(h, at))), at);
        const weight = 1 / (2 * at);
        return add(x, mul(add(mul(first, 1 - weight), mul(second, weight)), h));
      },
    },
  }),
});

import { whole } from "@isoflop/spec";
import * as v from "valibot";
import { part } from "../checks.js";
import type { NetworkInputs } from "../inputs.js";

/**
 * x_t as it is, and the index of the step over the steps of the process: a network that multiplies its time by so many (`timeScale` of
 * `@isoflop/dit`) is told DDPM's index, of a respaced process that in the original. On a path without steps the index is t · steps - 1. Of
 * data it is -1.
 * @throws DiffusionError("option") unless steps is a whole number of at least 2
 */
export const ddpmInputs = part({
  name: "ddpm",
  options: { steps: v.optional(whole({ atLeast: 2 }), 1000) },
  build: ({ steps }): NetworkInputs => ({
    name: `DDPM ${steps}`,
    at: (m, { index }, t) => ({
      scale: 1,
      time: index === undefined ? m.sub(t, 1 / steps) : m.div(index, steps),
    }),
  }),
});

import { defineGrid } from "@isoflop/diffusion";
import { kind, number } from "@isoflop/spec";
import * as v from "valibot";

/** Times (1 - i / n)^power: for a power above 1 steps grow finer towards data, where pictures get their details. */
export const grid = kind({
  name: "power",
  about: "equal steps of t^(1/power)",
  options: { power: v.optional(number({ atLeast: 1 }), 2) },
  build: ({ power }) =>
    defineGrid(`power ${power}`, (_, steps) => Array.from({ length: steps + 1 }, (__, i) => (1 - i / steps) ** power)),
});

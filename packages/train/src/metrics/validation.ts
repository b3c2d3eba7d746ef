import { sources } from "@isoflop/data";
import { type LossBin, timeBins } from "@isoflop/diffusion";
import { kind, whole } from "@isoflop/spec";
import * as v from "valibot";
import { must } from "../errors.js";
import { objectiveSchema } from "../objective.js";
import { validationSchema } from "../spec.js";
import { checkSplit, validate } from "../validate.js";
import { checkObjective, measuredIn } from "./in-objective.js";
import type { Estimate, Metric } from "./metric.js";

/** A time in as many digits as tell the ends of bins apart. */
const told = (time: number): string => time.toFixed(3);

/** Bins by the times from and to which they reach, from data, 0, to noise, 1. */
const partsOf = (bins: readonly LossBin[]): Readonly<Record<string, Estimate>> =>
  Object.fromEntries(bins.map(({ from, to, mean, stdErr }) => [`t${told(from)}-${told(to)}`, { value: mean, stdErr }]));

/**
 * The loss on another split, or on other data with captions of the same words: what the model makes of pictures that it was not trained for. Or in another
 * objective, at equal noise to signal: by it models of unlike objectives, whose own losses are no one quantity, are compared.
 */
export const validation = kind({
  name: "validation",
  about: "the validation loss on another split, on other data or in another objective; per time bin",
  options: {
    ...validationSchema.entries,
    data: v.optional(sources.schema),
    /** In whose times, noise and error models of all objectives are measured. Absent: the run's own. */
    objective: v.optional(objectiveSchema),
    /** Parts of equal share of the time density, whose losses are told beside the whole. Absent: none are. */
    bins: v.optional(whole({ atLeast: 1, atMost: 256 })),
  },
  build: ({ data, objective: asked, bins, ...set }): Metric => ({
    data,
    check(plan) {
      const { split, images } = set;
      const right = `it must divide images, ${images}, into even parts`;
      must(bins === undefined || (images / bins) % 2 === 0, "spec", `metric.bins is ${bins}; ${right}`);
      checkSplit(plan.data, split, images);
      checkObjective(plan, asked);
    },
    async measure(inputs) {
      const { weights, spec: _, ...fixed } = inputs;
      const measured = measuredIn(inputs, asked);
      const { mean, stdErr, losses } = await validate(weights, { ...fixed, ...measured, validation: set });
      const parts = bins !== undefined && partsOf(timeBins(losses, measured.objective.density, bins));
      return { value: mean, stdErr, count: set.images, ...(parts && { parts }) };
    },
  }),
});

import { sources } from "@isoflop/data";
import { type LossBin, timeBins } from "@isoflop/diffusion";
import { kind, whole } from "@isoflop/spec";
import * as v from "valibot";
import { must } from "../errors.js";
import { validationSchema } from "../spec.js";
import { checkSplit, validate } from "../validate.js";
import type { Estimate, Metric } from "./metric.js";

/** A time in as many digits as tell the ends of bins apart. */
const told = (time: number): string => time.toFixed(3);

/** Bins by the times from and to which they reach, from data, 0, to noise, 1. */
const partsOf = (bins: readonly LossBin[]): Readonly<Record<string, Estimate>> =>
  Object.fromEntries(bins.map(({ from, to, mean, stdErr }) => [`t${told(from)}-${told(to)}`, { value: mean, stdErr }]));

/** The loss on another split, or on other data with captions of the same words: what the model makes of pictures that it was not trained for. */
export const validation = kind({
  name: "validation",
  about: "the validation loss on another split, or on other data; per time bin",
  options: {
    ...validationSchema.entries,
    data: v.optional(sources.schema),
    /** Parts of equal share of the time density, whose losses are told beside the whole. Absent: none are. */
    bins: v.optional(whole({ atLeast: 1, atMost: 256 })),
  },
  build: ({ data, bins, ...set }): Metric => ({
    data,
    check({ data: planned }) {
      const { split, images } = set;
      const right = `it must divide images, ${images}, into even parts`;
      must(bins === undefined || (images / bins) % 2 === 0, "spec", `metric.bins is ${bins}; ${right}`);
      checkSplit(planned, split, images);
    },
    async measure({ weights, spec: _, ...fixed }) {
      const { mean, stdErr, losses } = await validate(weights, { ...fixed, validation: set });
      const parts = bins !== undefined && partsOf(timeBins(losses, fixed.objective.density, bins));
      return { value: mean, stdErr, count: set.images, ...(parts && { parts }) };
    },
  }),
});

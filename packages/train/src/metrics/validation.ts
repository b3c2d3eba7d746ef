import { sources } from "@isoflop/data";
import { kind } from "@isoflop/spec";
import * as v from "valibot";
import { validationSchema } from "../spec.js";
import { validate } from "../validate.js";
import type { Metric } from "./metric.js";

/** The loss on another split, or on other data with captions of the same words: what the model makes of pictures that it was not trained for. */
export const validation = kind({
  name: "validation",
  about: "the validation loss on another split, or on other data",
  options: { ...validationSchema.entries, data: v.optional(sources.schema) },
  build: ({ data, ...set }): Metric => ({
    data,
    async measure({ weights, spec: _, ...fixed }) {
      const { mean, stdErr } = await validate(weights, { ...fixed, validation: set });
      return { value: mean, stdErr, count: set.images };
    },
  }),
});

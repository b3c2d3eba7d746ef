import { sources } from "@isoflop/data";
import { grids, solvers } from "@isoflop/diffusion";
import { extractors } from "@isoflop/metrics";
import { number, recordOrName, whole } from "@isoflop/spec";
import * as v from "valibot";
import { validationSchema } from "../../spec.js";

/** Beyond this the pictures of a metric are no longer told apart by 32 bits, nor do they fit a memory. */
const MOST_PICTURES = 2 ** 24;

/** How pictures are drawn of a model, for which captions, and how many. */
export const samplingOptions = {
  /** Whose captions are asked for, and whose pictures drawn ones are held against. */
  split: validationSchema.entries.split,
  /**
   * Number of the split's first caption. Guidance is chosen on captions of one number and judged on those of another: what a metric takes reaches from here
   * over its captions and after them the pictures that are held against them.
   */
  from: v.optional(whole({ atMost: MOST_PICTURES }), 0),
  count: v.optional(whole({ atLeast: 16, atMost: MOST_PICTURES }), 1024),
  /** Of the noise: the i-th picture depends on it and on i. */
  seed: v.optional(whole({ atMost: 2 ** 32 - 1 }), 0),
  sampler: v.optional(recordOrName(solvers), "heun"),
  grid: v.optional(recordOrName(grids), "uniform"),
  steps: v.optional(whole({ atLeast: 1 }), 25),
  /** 1 follows the caption as learnt, above 1 exaggerates it (classifier-free guidance, arXiv 2207.12598). */
  guidance: v.optional(number({ atLeast: 0 }), 1),
} as const;

const sampling = v.object(samplingOptions);

/** How many pictures are drawn of a model, and how. */
export interface Sampling extends v.InferOutput<v.ObjectSchema<typeof samplingOptions, undefined>> {}

/** What is drawn where nothing else is said. */
export const usualSampling: Sampling = /* @__PURE__ */ v.parse(sampling, {});

/** The part of a metric's options that says how pictures are drawn. */
export const samplingOf = (options: Sampling): Sampling => {
  const { split, from, count, seed, sampler, grid, steps, guidance } = options;
  return { split, from, count, seed, sampler, grid, steps, guidance };
};

/** Of metrics that hold features of drawn pictures against those of other pictures. */
export const comparisonOptions = {
  data: v.optional(sources.schema),
  extractor: recordOrName(extractors),
  ...samplingOptions,
  /** Pictures of the split that drawn ones are held against: those after the captions'. Absent: as many as are drawn. */
  reference: v.optional(whole({ atLeast: 16, atMost: MOST_PICTURES })),
} as const;

import { positive, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import type { LawFit } from "../laws/form.js";
import * as fields from "../records/fields.js";
import { lawFitSchema } from "../records/law.js";
import { type SurfaceFit, surfaceFitSchema } from "../surface/surface-fit.js";

const { anyNumber, bootstrapEstimate, list, notNegative } = fields;

const fit = fields.by<SurfaceFit | LawFit>("record", () => ({ surface: surfaceFitSchema, law: lawFitSchema }));

const level = record({
  /** Diffusion time, 0 data to 1 noise. */
  t: anyNumber,
  /** Share of the times that it stands for. */
  width: notNegative,
  fit: fields.outcome(fit),
});

/** The law of the losses at one noise level. */
export interface NoiseLevel extends fields.Read<typeof level> {}

const at = record({
  C: positive,
  /** The best model of this compute under the sum; absent for laws of compute alone. */
  N: v.exactOptional(bootstrapEstimate),
  D: v.exactOptional(bootstrapEstimate),
  loss: bootstrapEstimate,
  /** Its best size over that of the first sum: both are of the same resamples. */
  ratio: v.exactOptional(bootstrapEstimate),
});

const sum = record({
  name: text,
  /** By which each level's loss enters: weighting times density times width. */
  weights: list(notNegative),
  /** The sum of the floors. */
  floor: bootstrapEstimate,
  /** Slope of ln N* in ln C over the compute of the runs, and 1 minus it; absent for laws of compute alone. */
  exponent: v.exactOptional(record({ N: bootstrapEstimate, D: bootstrapEstimate })),
  /** Slope of ln (L* − floor) in ln C over the same. */
  lossExponent: bootstrapEstimate,
  at: list(at),
  /** Largest distance of the sum of a run's levels from its loss, as a share of that, where the losses are known by themselves. */
  apart: v.exactOptional(notNegative),
  /**
   * One fit of the same form through the losses of the runs, where these are known, else through the sums of their levels: where it differs, the form
   * does not hold for both.
   */
  direct: fields.outcome(fit),
});

/** The law of a loss that weighs the levels in its own way. */
export interface LevelSum extends fields.Read<typeof sum> {}

export const levelsSchema = record({
  ...fields.head("levels"),
  form: text,
  /** Runs with a loss at every level. */
  points: whole(),
  levels: list(level),
  /** Refused where a level has no law, or too many resamples have none. */
  sums: fields.outcome(
    record({
      ok: fields.ok,
      sums: list(sum),
      resamples: whole({ atLeast: 1 }),
      failed: whole(),
      seed: fields.finite,
    }),
  ),
});

/** Laws of a loss by noise level, and of what follows for other weights of the levels. A record: it survives JSON whole. */
export interface NoiseLevels extends fields.Read<typeof levelsSchema> {}

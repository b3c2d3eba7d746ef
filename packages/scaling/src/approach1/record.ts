import { choice, positive, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import { power } from "../laws/power.js";
import * as fields from "../records/fields.js";

const { bootstrapEstimate } = fields;

const curve = record({
  N: positive,
  label: v.exactOptional(text),
  /** How many checkpoints it has, of which `points` may be a sample. */
  checkpoints: whole({ atLeast: 2 }),
  points: fields.list(record({ C: positive, D: positive, loss: positive })),
  /** Of the bins of the envelope, those in which it leads. */
  share: fields.notNegative,
});

const resampledLaw = record({
  exponent: bootstrapEstimate,
  coefficient: bootstrapEstimate,
  /** Of (ln coefficient, exponent) over the resamples. */
  covariance: fields.covariance(2),
});

const bootstrapSchema = record({
  ok: fields.ok,
  N: resampledLaw,
  D: resampledLaw,
  loss: resampledLaw,
  /** What was drawn: curves, or sizes with all their curves. */
  of: choice(["curve", "size"]),
  seed: fields.finite,
  resamples: whole(),
  /** Resamples in which two models did not lead between neighbours. */
  failed: whole(),
});

/** The laws of an envelope over resamples of its curves. */
export interface Approach1Bootstrap extends fields.Read<typeof bootstrapSchema> {}

export const approach1Schema = record({
  ...fields.head("approach1"),
  /** `loss`, or the metric that stands in its place. */
  quantity: text,
  curves: fields.list(curve),
  /** The best model of each bin that two neighbours bracket; `curve` is its place in `curves`. */
  points: fields.list(record({ C: positive, N: positive, D: positive, loss: positive, curve: whole() })),
  /** Through the points, which are not independent: the errors here are those of a line through many points. */
  N: power.schema,
  D: power.schema,
  loss: power.schema,
  /** The errors of the laws. */
  bootstrap: fields.outcome(bootstrapSchema),
  /** Curves that lead anywhere. */
  leaders: whole(),
  /** Share of the envelope at checkpoints before the end of their run. */
  unfinished: fields.notNegative,
  warnings: fields.list(record({ about: choice(["annealing", "few-leaders"]), message: text })),
  choices: record({ bins: whole({ atLeast: 2 }), range: v.exactOptional(fields.pairOf(positive)) }),
});

/** Approach 1: the envelope of training curves and the laws through it. A record: it survives JSON whole. */
export interface Approach1 extends fields.Read<typeof approach1Schema> {}

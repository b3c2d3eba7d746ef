import { choice, positive, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import { noiseSchema } from "../inference/replicate-noise.js";
import * as fields from "../records/fields.js";
import { rehearsalSchema } from "../rehearsal/record.js";
import { floorSchema, nodeSchema } from "../surface/floors/floored.js";
import { surfaceForms } from "../surface/forms/index.js";
import { surfaceFitSchema } from "../surface/surface-fit.js";
import { refusalReasons } from "../types.js";

const { anyNumber, each, list, notNegative, spread } = fields;

/** What is rolled out: runs of the largest compute, size or data are held out. */
export const rollOutAxes = ["C", "N", "D"] as const;
export type RollOutAxis = (typeof rollOutAxes)[number];

const share = v.pipe(notNegative, v.maxValue(1, "a number from 0 to 1"));

const errors = record({
  /** Root mean square and mean of ln L̂ − ln L. */
  rmse: notNegative,
  bias: fields.finite,
  /** 1 − Σ (ln L̂ − ln L)² / Σ (ln L − mean)²; negative where the mean of the held-out runs would have been the better guess. */
  r2: anyNumber,
  /** The mean error in units of its standard error, Student's t if the form is right: extrapolations go wrong together. */
  t: fields.finite,
  /** Chance of a mean error this large if the form is right. */
  pValue: share,
  /** Share of the held-out runs within their own 95 % intervals, which hold one run each. */
  covered: share,
  /** ln of the joint density at the held-out losses: what was said of them, with all errors in common. */
  logScore: fields.finite,
  degreesOfFreedom: whole({ atLeast: 1 }),
});

/** What a form fitted to some runs said of others. */
export interface HeldOutErrors extends fields.Read<typeof errors> {}

const cut = record({
  along: choice(rollOutAxes),
  /** Runs above this value of it were held out. */
  above: positive,
  kept: whole({ atLeast: 1 }),
  heldOut: whole({ atLeast: 1 }),
  /** By form; a form that the runs that were kept do not determine is not there. */
  forms: each(errors),
});

/** One division of the runs, and what every form said across it. */
export interface RollOutCut extends fields.Read<typeof cut> {}

/** As long as θ of any form that there is when it is read. */
const nodes = v.lazy((value) => {
  const theta = fields.fieldOf(Array.isArray(value) ? value[0] : undefined, "theta");
  const sizes = [...new Set(surfaceForms.names.map((name) => surfaceForms.get(name).theta.length))];
  if (value === undefined) return v.union(sizes.map((size) => list(nodeSchema(size))));
  return list(nodeSchema(Array.isArray(theta) ? theta.length : sizes[0]!));
}) as v.GenericSchema<unknown, v.InferOutput<ReturnType<typeof nodeSchema>>[]>;

const member = record({
  fit: surfaceFitSchema,
  /** Of a form with a floor: that floor integrated out, the surface at each with its weight. What is said comes from these, then. */
  nodes: v.exactOptional(nodes),
  /** In the mixture; the weights add up to one. */
  weight: share,
  /** Mean of the logarithmic scores of the cuts. */
  logScore: anyNumber,
  misfit: record({
    /** By how much standard errors of the law are widened: the root mean square of its t over the cuts; 1 where they are no surprise. */
    factor: spread,
    /** Of the worst cut, times their number (Bonferroni). */
    pValue: share,
  }),
  /** Of Student's t in its intervals: of the fit, or half the number of cuts where the factor rests on them. */
  degreesOfFreedom: notNegative,
  /** Why its weight is zero, where it is. */
  out: v.exactOptional(text),
});

/** A form in the mixture. */
export interface RolledOutForm extends fields.Read<typeof member> {}

export const rollOutSchema = record({
  ...fields.head("rollout"),
  /** `loss`, or the metric that was fitted in its place. */
  quantity: text,
  /** k of C = k·N·D, under which optima are sought. */
  flopsPerToken: positive,
  points: whole({ atLeast: 1 }),
  /** Of all runs: beyond it is extrapolation. */
  largest: record({ C: positive, N: positive, D: positive }),
  status: choice(["converged", "unidentified"]),
  message: v.exactOptional(text),
  /** The lower bound of the floor that was measured. */
  floor: v.exactOptional(floorSchema),
  /** The noise of one run, where runs are repeated. */
  noise: v.exactOptional(noiseSchema),
  forms: list(member),
  refused: list(record({ form: text, reason: choice(refusalReasons), message: text })),
  cuts: list(cut),
  /** What the mixture would have said of larger budgets from the smaller ones; absent where it was not asked. */
  rehearsals: v.exactOptional(list(rehearsalSchema)),
});

/**
 * Forms of surface side by side: fitted to all runs, rolled out along compute, size and data, and weighed by both. A record: it survives
 * JSON whole.
 */
export interface RollOut extends fields.Read<typeof rollOutSchema> {}

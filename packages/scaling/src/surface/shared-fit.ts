import { choice, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import * as fields from "../records/fields.js";
import { surfaceFitSchema } from "./surface-fit.js";

const { each, exponentOf, outcome, spread } = fields;

const study = record({
  name: text,
  /** With the shared exponents; its covariance is that of the joint fit. */
  fit: surfaceFitSchema,
  /** With exponents of its own. */
  alone: surfaceFitSchema,
});

const tenable = record({
  ok: fields.ok,
  /** F of the squares that sharing adds, each study in units of its own variance. */
  statistic: spread,
  degreesOfFreedom: fields.pairOf(spread),
  /** Chance of a statistic this large if the exponents were the same. */
  pValue: spread,
});

export const sharedFitSchema = record({
  ...fields.head("shared"),
  /** `loss`, or the metric that was fitted in its place. */
  quantity: text,
  form: text,
  /** Only `converged` may be quoted without a caveat. */
  status: choice(["converged", "bound", "unidentified", "stopped-early"]),
  /** Which study is not sound, and why. */
  message: v.exactOptional(text),
  /** What is one for all studies, by name. */
  parameters: each(exponentOf),
  /** Whether it may be one. */
  tenable: outcome(tenable),
  /** Of the joint fit, and of the studies each alone; both in units of the variances of the studies alone. */
  criteria: record({ shared: fields.criteria, alone: fields.criteria }),
  points: whole(),
  degreesOfFreedom: whole(),
  studies: fields.list(study),
});

/** Surfaces of several studies with some parameters in common. A record: it survives JSON whole. */
export interface SharedFit extends fields.Read<typeof sharedFitSchema> {}

/** One of several studies. */
export type SharedStudy = SharedFit["studies"][number];

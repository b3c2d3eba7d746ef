import { choice, positive, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import * as fields from "../records/fields.js";

const { anyNumber, interval, list, notNegative, positives, spread } = fields;

const run = record({
  label: text,
  N: v.exactOptional(positive),
  /** All that it was trained for: tokens, compute or steps. */
  total: positive,
  loss: positive,
  /** Its normalised curve at every x. */
  curve: list(anyNumber),
  /** Its distance from the curve of the runs that hold, root mean square, in units of what a run of theirs would have. */
  deviation: spread,
  /** Chance that any of the runs it was tested with deviates as much if all are alike. */
  pValue: spread,
  spoils: v.boolean("true or false"),
  /** Where it is furthest off, and by which factor it is above or below there. */
  at: positive,
  factor: spread,
  /** Share of its training from which on the shape alone, its end not known, gives it away; absent where it does not. */
  seenFrom: v.exactOptional(positive),
});

/** One run beside the others. */
export interface CollapsedRun extends fields.Read<typeof run> {}

export const collapseSchema = record({
  ...fields.head("collapse"),
  /** What the loss is of. */
  quantity: text,
  /** Shares of the training, ascending, the last 1. */
  x: positives,
  /** Mean normalised curve of the runs that hold. */
  curve: list(anyNumber),
  /** Δ(x), their standard deviation over it. */
  deviation: list(spread),
  /** σ(x), that of the loss above the floor between repeated runs; absent where none is repeated. */
  noise: v.exactOptional(list(spread)),
  /** Share of the training from which on Δ stays below σ. */
  supercollapse: v.exactOptional(positive),
  /** L0, with the least and the greatest that leaving out one run makes of it. */
  floor: record({ value: notNegative, range: interval, from: choice(["given", "collapse"]) }),
  /** Those that spoil first, then by deviation. */
  runs: list(run),
  level: notNegative,
  draws: whole({ atLeast: 1 }),
  seed: fields.finite,
});

/** Whether the curves of a sweep are one, and which are not of it. A record: it survives JSON whole. */
export interface Collapse extends fields.Read<typeof collapseSchema> {}

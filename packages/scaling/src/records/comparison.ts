import { choice, positive, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import * as fields from "./fields.js";
import { lawDataSchema } from "./law.js";

const { anyNumber, interval } = fields;

const ranged = record({ value: anyNumber, ci95: interval });

/** With the two-sided p-value of its being nothing: 0, or 1 for a ratio. Neither that nor an interval is known of two sides without errors. */
const tested = record({ value: anyNumber, ci95: interval, pValue: fields.spread });

const computes = fields.pairOf(positive);

const side = record({
  name: text,
  /** What its curve is, in words. */
  law: text,
  /** What a reader must know before the comparison is quoted. */
  caution: v.exactOptional(text),
  /** Least and largest compute that it was fitted to; absent where that is not known. */
  fitted: v.exactOptional(computes),
  /** What it was fitted to, as compute and loss; none where that is not known. */
  points: lawDataSchema,
  /** Its optimal loss against compute, with 95 % of the draws. */
  curve: fields.list(record({ C: positive, loss: anyNumber, ci95: interval })),
});

const both = record({ a: ranged, b: ranged, difference: tested });

export const comparisonSchema = record({
  ...fields.head("comparison"),
  /** `loss`, or the metric that both are of. */
  quantity: text,
  a: side,
  b: side,
  /** Compute within a decade of the runs of both, where a crossing is looked for; absent where there is none. */
  window: v.exactOptional(computes),
  /** Where the curves cross and which is better below it; refused where fewer than 95 % of the draws do so in the window, the same way. */
  crossing: fields.outcome(record({ ok: fields.ok, C: positive, ci95: interval, below: choice(["a", "b"]) })),
  /** Share of the draws that cross in the window, the way that most of them do. */
  crossingShare: fields.notNegative,
  /** Of the compute b needs for the loss of a, over that of a, where both were fitted. */
  trend: fields.outcome(
    record({
      ok: fields.ok,
      range: computes,
      /** Its geometric mean over the range, with the p-value of its being 1. */
      ratio: tested,
      /** d ln ratio / d ln C; 0 where b needs the same multiple everywhere. */
      slope: tested,
    }),
  ),
  /** Compute b needs for the loss that a has at C, over C, along the window. */
  ratios: fields.list(record({ C: positive, value: anyNumber, ci95: interval })),
  at: fields.list(
    record({
      C: positive,
      a: ranged,
      b: ranged,
      /** L_b − L_a: positive where a is better. */
      difference: tested,
      /** Compute b needs to reach what a reaches with C, over C: above one where a is better. Infinite when b never gets there. */
      effectiveCompute: ranged,
    }),
  ),
  /** What both have of: exponents of N*, D* and L* − E (as `loss`) against C, and the floor E. */
  constants: record({
    N: v.exactOptional(both),
    D: v.exactOptional(both),
    loss: v.exactOptional(both),
    floor: v.exactOptional(both),
  }),
  draws: whole({ atLeast: 1 }),
  seed: fields.finite,
});

/** Two curves of the optimal loss: who is better where, by how much compute, and where they cross. A record: it survives JSON whole. */
export interface Comparison extends fields.Read<typeof comparisonSchema> {}

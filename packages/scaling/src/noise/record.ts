import { positive, record, whole } from "@isoflop/spec";
import * as v from "valibot";
import * as fields from "../records/fields.js";

const { interval, list, notNegative, outcome } = fields;

/** A standard deviation of ln L: a share of the loss, where it is small. */
const deviation = record({ standardDeviation: notNegative, ci95: interval });

export const seedNoiseSchema = record({
  ...fields.head("seed-noise"),
  /** Of ln L among runs that differ in their seeds alone, over all cells. */
  ...deviation.entries,
  degreesOfFreedom: whole({ atLeast: 1 }),
  /** Runs with a replicate, and their cells of equal size and tokens. */
  runs: whole({ atLeast: 2 }),
  cells: whole({ atLeast: 1 }),
  /** Runs that share their seed with another of their cell: something else differs between these, and they are left out. */
  sameSeed: whole(),
  /** The same of each compute, ascending. */
  budgets: list(
    record({ C: positive, ...deviation.entries, degreesOfFreedom: whole({ atLeast: 1 }), runs: whole({ atLeast: 2 }) }),
  ),
  /** How the standard deviation goes with compute: `at.standardDeviation` (C / `at.C`) ^ exponent. */
  trend: outcome(
    record({ ok: fields.ok, exponent: fields.estimate, at: record({ C: positive, standardDeviation: notNegative }) }),
  ),
  /** What of it is the validation's, and what the seeds'; absent where the validation's own noise is not known. */
  parts: v.exactOptional(
    record({
      /** What one run's validation adds to differences between runs, as a share of the loss; what it adds to all of them alike is no part of it. */
      validation: notNegative,
      /** What remains, 0 where the validation's noise is all of it. */
      seeds: deviation,
      /** Of the cells in which the validation's noise is known. */
      degreesOfFreedom: whole({ atLeast: 1 }),
    }),
  ),
});

/** How much the loss differs among runs that differ in their seeds alone. A record: it survives JSON whole. */
export interface SeedNoise extends fields.Read<typeof seedNoiseSchema> {}

import { choice, positive, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import { measuredCostSchema } from "../plan/seconds.js";
import { surfaceFitSchema } from "../surface/surface-fit.js";
import * as fields from "./fields.js";
import { lawDataSchema, lawSchema } from "./law.js";

const { anyNumber, interval, predicted, spread } = fields;

/** `data` is what the law was fitted to, y against compute x. */
const side = record({ name: text, law: lawSchema, data: lawDataSchema });

/** One of two laws of a loss against compute. */
export interface ComparedLaw extends fields.Read<typeof side> {}

const ranged = record({ value: anyNumber, ci95: interval });

export const comparisonSchema = record({
  ...fields.head("comparison"),
  /** `loss`, or the metric that both laws are of. */
  quantity: text,
  a: side,
  b: side,
  /** Compute at which the laws meet; refused when they do not meet in the range, or do so in fewer than half the draws. */
  crossing: fields.outcome(record({ ok: fields.ok, C: positive, ci95: interval, share: fields.notNegative })),
  at: fields.list(
    record({
      C: positive,
      a: spread,
      b: spread,
      /** L_b − L_a with its interval: positive where a is better. */
      difference: ranged,
      /** Compute b needs to reach what a reaches with C, over C: above one where a is better. Infinite when b never gets there. */
      effectiveCompute: ranged,
    }),
  ),
  draws: whole({ atLeast: 1 }),
  seed: fields.finite,
});

/** Two laws with who is better where, by how much compute, and where they cross. A record: it survives JSON whole. */
export interface LawComparison extends fields.Read<typeof comparisonSchema> {}

const next = record({
  C: positive,
  N: positive,
  D: positive,
  /** How often to train it, with different seeds. */
  count: whole({ atLeast: 1 }),
  /** Of one seed, in the unit of the plan's allowance. */
  cost: positive,
  /** Where tokens come in whole steps. */
  steps: v.exactOptional(whole({ atLeast: 1 })),
  /** What one seed should take, where that was measured. */
  seconds: v.exactOptional(positive),
});

/** A run that is still to be trained. */
export interface NextRun extends fields.Read<typeof next> {}

const thrice = <T>(schema: v.GenericSchema<unknown, T>) => record({ now: schema, planned: schema, evenGrid: schema });

export const planSchema = record({
  ...fields.head("plan"),
  target: record({ C: positive, quantity: choice(["loss", "N", "D"]) }),
  /** The optimum at the target as it is known now, by the surface of the largest weight. */
  optimum: record({ C: positive, N: predicted, D: predicted, loss: predicted }),
  allowance: positive,
  /** What cost is counted in, and how long runs have taken where that was measured. `own` is a function of the one who asked. */
  pricing: record({ unit: choice(["FLOPs", "seconds", "own"]), times: v.exactOptional(measuredCostSchema) }),
  /** The surface that was planned with, or that of the largest weight. */
  surface: surfaceFitSchema,
  /** Every surface that was planned against: what it says of the target, and the standard error of its logarithm within that surface. */
  basins: fields.list(
    record({
      form: text,
      theta: fields.list(anyNumber),
      flopsPerToken: positive,
      /** Amid the runs it was fitted to. */
      centre: v.exactOptional(record({ N: positive, D: positive, inputs: v.exactOptional(fields.each(positive)) })),
      weight: fields.notNegative,
      value: positive,
      standardError: record({ now: spread, planned: spread }),
    }),
  ),
  runs: fields.list(next),
  cost: fields.notNegative,
  /** Standard error of ln target: now, after the plan, and after an even isoFLOP grid within the same limits. */
  standardError: thrice(spread),
  /** Its two parts, whose squares add up: within the surfaces, and between them. */
  spread: thrice(record({ within: spread, between: spread })),
  /** Where the target is at 95 %, about what is believed now. */
  interval: thrice(interval),
  evenGrid: fields.list(next),
  evenGridCost: fields.notNegative,
});

/** The next runs, and what they are for. A record: it survives JSON whole. */
export interface Plan extends fields.Read<typeof planSchema> {}

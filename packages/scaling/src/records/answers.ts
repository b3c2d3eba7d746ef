import { choice, positive, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import { measuredCostSchema } from "../plan/seconds.js";
import { surfaceFitSchema } from "../surface/surface-fit.js";
import * as fields from "./fields.js";

const { anyNumber, interval, predicted, spread } = fields;

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

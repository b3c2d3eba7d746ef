import { choice, positive, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import type { ComparedLaw, LawComparison } from "../compare.js";
import type { NextRun, Plan } from "../plan/plan-next.js";
import type { FitPrediction } from "../prediction.js";
import { surfaceFitSchema } from "../surface/surface-fit.js";
import * as fields from "./fields.js";
import { lawDataSchema, lawSchema } from "./law.js";

const { anyNumber, each, interval, predicted, spread } = fields;

const family = record({ value: anyNumber, interval95: interval, weight: spread });

export const predictionSchema: v.GenericSchema<unknown, FitPrediction> = record({
  ...fields.head("prediction"),
  quantity: v.exactOptional(text),
  given: each(positive),
  predicted: each(predicted),
  notes: record({
    extrapolation: v.exactOptional(positive),
    families: v.exactOptional(
      record({
        power: v.exactOptional(family),
        floor: v.exactOptional(family),
        accelerating: v.exactOptional(family),
      }),
    ),
    noiseStandardDeviation: v.exactOptional(spread),
    degreesOfFreedom: v.exactOptional(spread),
    excessLoss: v.exactOptional(anyNumber),
    sufficient: v.exactOptional(spread),
    deadweight: v.exactOptional(anyNumber),
  }),
});

const side: v.GenericSchema<unknown, ComparedLaw> = record({ name: text, law: lawSchema, data: lawDataSchema });
const ranged = record({ value: anyNumber, ci95: interval });

export const comparisonSchema: v.GenericSchema<unknown, LawComparison> = record({
  ...fields.head("comparison"),
  quantity: text,
  a: side,
  b: side,
  crossing: fields.outcome(record({ ok: fields.ok, C: positive, ci95: interval, share: fields.notNegative })),
  at: fields.list(record({ C: positive, a: spread, b: spread, difference: ranged, effectiveCompute: ranged })),
  draws: whole({ atLeast: 1 }),
  seed: fields.finite,
});

const next: v.GenericSchema<unknown, NextRun> = record({
  C: positive,
  N: positive,
  D: positive,
  count: whole({ atLeast: 1 }),
});

export const planSchema: v.GenericSchema<unknown, Plan> = record({
  ...fields.head("plan"),
  target: record({ C: positive, quantity: choice(["loss", "N", "D"]) }),
  optimum: record({ C: positive, N: predicted, D: predicted, loss: predicted }),
  allowance: positive,
  surface: surfaceFitSchema,
  runs: fields.list(next),
  cost: fields.notNegative,
  standardError: record({ now: spread, planned: spread, evenGrid: spread }),
  evenGrid: fields.list(next),
  evenGridCost: fields.notNegative,
});

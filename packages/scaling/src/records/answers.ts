import { choice, positive, record, whole } from "@isoflop/spec";
import { surfaceFitSchema } from "../surface/surface-fit.js";
import * as fields from "./fields.js";

const { predicted, spread } = fields;

const next = record({
  C: positive,
  N: positive,
  D: positive,
  /** How often to train it, with different seeds. */
  count: whole({ atLeast: 1 }),
});

/** A run that is still to be trained. */
export interface NextRun extends fields.Read<typeof next> {}

export const planSchema = record({
  ...fields.head("plan"),
  target: record({ C: positive, quantity: choice(["loss", "N", "D"]) }),
  /** The optimum at the target as it is known now. */
  optimum: record({ C: positive, N: predicted, D: predicted, loss: predicted }),
  allowance: positive,
  /** The surface that was planned with. */
  surface: surfaceFitSchema,
  runs: fields.list(next),
  cost: fields.notNegative,
  /** Standard error of ln target: now, after the plan, and after an even isoFLOP grid within the same limits. */
  standardError: record({ now: spread, planned: spread, evenGrid: spread }),
  evenGrid: fields.list(next),
  evenGridCost: fields.notNegative,
});

/** The next runs, and what they are for. A record: it survives JSON whole. */
export interface Plan extends fields.Read<typeof planSchema> {}

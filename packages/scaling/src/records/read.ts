import { read } from "@isoflop/spec";
import type * as v from "valibot";
import type { LawComparison } from "../compare.js";
import { ScalingError } from "../errors.js";
import type { IsoFlop } from "../isoflop/isoflop.js";
import type { LawFit } from "../laws/form.js";
import type { Plan } from "../plan/plan-next.js";
import type { FitPrediction } from "../prediction.js";
import type { SurfaceFit } from "../surface/record.js";
import { comparisonSchema, planSchema, predictionSchema } from "./answers.js";
import { by } from "./fields.js";
import { isoFlopSchema } from "./isoflop.js";
import { lawFitSchema } from "./law.js";
import { surfaceFitSchema } from "./surface.js";

/** What is saved: fits, and what was asked of them. Plain data. */
export type SavedRecord = IsoFlop | SurfaceFit | LawFit | FitPrediction | LawComparison | Plan;

/** Schemas of the records by their `record`, for `read` and `jsonSchema` of `@isoflop/spec`. */
export const recordSchemas = {
  isoflop: isoFlopSchema,
  surface: surfaceFitSchema,
  law: lawFitSchema,
  prediction: predictionSchema,
  comparison: comparisonSchema,
  plan: planSchema,
} as const satisfies Readonly<Record<SavedRecord["record"], v.GenericSchema<unknown, SavedRecord>>>;

/**
 * JSON with every digit, but not the sign of a zero. It has no infinity and no NaN: a number that is not known is `null`, an infinite one the string "Infinity" or
 * "-Infinity", which `Number()` and Python's `float()` read back.
 */
export const writeRecord = (document: unknown): string =>
  JSON.stringify(
    document,
    (_, value: unknown) => {
      if (typeof value !== "number" || Number.isFinite(value)) return value;
      return Number.isNaN(value) ? null : value > 0 ? "Infinity" : "-Infinity";
    },
    2,
  );

const error = (message: string) => new ScalingError("bad-format", message);

const parsed = (value: unknown, name: string): unknown => {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch (cause) {
    throw error(`${name || "it"} is not JSON: ${(cause as Error).message}`);
  }
};

const reader =
  <T>(schema: v.GenericSchema<unknown, T>) =>
  /**
   * @param value the text of {@link writeRecord}, or what `JSON.parse` made of it
   * @param name of it in messages, before the fields
   * @throws ScalingError `bad-format` naming the first field that is not what it must be
   */
  (value: unknown, name = ""): T =>
    read(schema, parsed(value, name), { name, error });

export const readIsoFlop = reader(isoFlopSchema);
export const readSurfaceFit = reader(surfaceFitSchema);
export const readLawFit = reader(lawFitSchema);
export const readPrediction = reader(predictionSchema);
export const readComparison = reader(comparisonSchema);
export const readPlan = reader(planSchema);

/** Any of the records: which one it is its `record` says. */
export const readRecord = reader(by<SavedRecord>("record", () => recordSchemas));

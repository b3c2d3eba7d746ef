import { read } from "@isoflop/spec";
import * as v from "valibot";
import { type Approach1, approach1Schema } from "../approach1/record.js";
import { type Collapse, collapseSchema } from "../collapse/record.js";
import { type Diagnosis, diagnosisSchema } from "../diagnose/record.js";
import { ScalingError } from "../errors.js";
import { type IsoFlop, isoFlopSchema } from "../isoflop/record.js";
import { type JointFit, jointSchema } from "../joint/record.js";
import type { LawFit } from "../laws/form.js";
import { type HyperparameterFit, hyperparameterSchema } from "../laws/hyperparameter/record.js";
import { type LinkFit, linkSchema } from "../laws/link/record.js";
import { type ScheduleFit, scheduleSchema } from "../laws/schedule/record.js";
import { levelsSchema, type NoiseLevels } from "../levels/record.js";
import { type SeedNoise, seedNoiseSchema } from "../noise/record.js";
import { type FitPrediction, predictionSchema } from "../prediction.js";
import { type RollOut, rollOutSchema } from "../rollout/record.js";
import { type SharedFit, sharedFitSchema } from "../surface/shared-fit.js";
import { type SurfaceFit, surfaceFitSchema } from "../surface/surface-fit.js";
import { type Plan, planSchema } from "./answers.js";
import { type Comparison, comparisonSchema } from "./comparison.js";
import { by, named } from "./fields.js";
import { lawFitSchema } from "./law.js";

/** What is saved: fits, and what was asked of them. Plain data. */
export type SavedRecord =
  | IsoFlop
  | Approach1
  | SurfaceFit
  | SharedFit
  | RollOut
  | JointFit
  | LawFit
  | HyperparameterFit
  | LinkFit
  | ScheduleFit
  | FitPrediction
  | Comparison
  | Plan
  | Diagnosis
  | NoiseLevels
  | SeedNoise
  | Collapse;

/** Schemas of the records by their `record`, for `read` and `jsonSchema` of `@isoflop/spec`. */
export const recordSchemas = {
  isoflop: isoFlopSchema,
  surface: surfaceFitSchema,
  rollout: rollOutSchema,
  joint: jointSchema,
  shared: sharedFitSchema,
  law: lawFitSchema,
  hyperparameter: hyperparameterSchema as v.GenericSchema<unknown, HyperparameterFit>,
  link: linkSchema,
  schedule: scheduleSchema,
  prediction: predictionSchema,
  comparison: comparisonSchema,
  plan: planSchema,
  approach1: approach1Schema,
  diagnosis: diagnosisSchema,
  levels: levelsSchema,
  "seed-noise": seedNoiseSchema,
  collapse: collapseSchema,
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
  <T>(schema: v.GenericSchema<unknown, T>, kind?: SavedRecord["record"]) =>
  /**
   * @param value the text of {@link writeRecord}, or what `JSON.parse` made of it
   * @param name of it in messages, before the fields
   * @throws ScalingError `bad-format` naming the first field that is not what it must be
   */
  (value: unknown, name = ""): T => {
    const document = parsed(value, name);
    if (kind) read(named("record", v.literal(kind, `"${kind}"`)), document, { name, error });
    return read(schema, document, { name, error });
  };

export const readIsoFlop = reader(isoFlopSchema, "isoflop");
export const readApproach1 = reader(approach1Schema, "approach1");
export const readSurfaceFit = reader(surfaceFitSchema, "surface");
export const readRollOut = reader(rollOutSchema, "rollout");
export const readJointFit = reader(jointSchema, "joint");
export const readSharedFit = reader(sharedFitSchema, "shared");
export const readLawFit = reader(lawFitSchema, "law");
export const readHyperparameterFit = reader<HyperparameterFit>(
  hyperparameterSchema as v.GenericSchema<unknown, HyperparameterFit>,
  "hyperparameter",
);
export const readLinkFit = reader(linkSchema, "link");
export const readScheduleFit = reader(scheduleSchema, "schedule");
export const readPrediction = reader(predictionSchema, "prediction");
export const readComparison = reader(comparisonSchema, "comparison");
export const readPlan = reader(planSchema, "plan");
export const readDiagnosis = reader(diagnosisSchema, "diagnosis");
export const readCollapse = reader(collapseSchema, "collapse");
export const readSeedNoise = reader(seedNoiseSchema, "seed-noise");
export const readNoiseLevels = reader(levelsSchema, "levels");

/** Any of the records: which one it is its `record` says. */
export const readRecord = reader(by<SavedRecord>("record", () => recordSchemas));

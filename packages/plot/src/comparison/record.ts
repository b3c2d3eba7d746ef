import { type Comparison, type Interval, recordFields, recordSchemas } from "@isoflop/scaling";
import { read, record, text } from "@isoflop/spec";
import * as v from "valibot";
import { PlotInputError } from "../error.js";
import { fileSchema, modulesSchema, summarySchema } from "../study/schema.js";
import type { StudyFile, StudyModule, StudySummary } from "../study/study.js";

/** What arms are held against each other by: exponents of N*, D* and L* − E against C. */
export type ComparedExponent = "N" | "D" | "loss";

/** An exponent of one arm, with 95 % of the draws. */
export interface ArmExponent {
  readonly value: number;
  readonly ci95?: Interval;
}

/** One grid of a study of several. */
export interface ComparedArm {
  readonly name: string;
  /** Of its own report, from that of the comparison. */
  readonly folder?: string;
  readonly summary: StudySummary;
  /** What its curve of the optimal loss is, in words, or why it has none. */
  readonly law?: string;
  readonly refused?: string;
  readonly exponents?: Readonly<Partial<Record<ComparedExponent, ArmExponent>>>;
  /** This arm, as `b`, against the first: how far the exponents are apart. Absent of the first, and where one has no curve. */
  readonly apart?: Pick<Comparison["constants"], ComparedExponent>;
  /** The same with the losses; absent, too, where these do not measure the same. */
  readonly comparison?: Comparison;
}

/** Grids that differ in one thing, beside each other. A record: it survives JSON whole. */
export interface ComparisonSummary {
  readonly record: "studies";
  /** Of the study. */
  readonly name: string;
  /** In what the arms differ, such as `model.conditioning`. */
  readonly compared: string;
  /** Two or more; the others are held against the first. */
  readonly arms: readonly ComparedArm[];
  /** Why the losses of the arms are not compared; absent where they measure the same. */
  readonly lossesDiffer?: string;
  readonly file?: StudyFile;
  readonly modules?: readonly StudyModule[];
  /** Shell commands that make all of it again, one per line. */
  readonly reproduce?: string;
}

const { interval, anyNumber, spread } = recordFields;
const maybe = v.exactOptional;

const exponentSchema = record({ value: anyNumber, ci95: maybe(interval) });
const ranged = record({ value: anyNumber, ci95: interval });
const apartSchema = record({
  a: ranged,
  b: ranged,
  difference: record({ value: anyNumber, ci95: interval, pValue: spread }),
});

const ofEach = <S extends v.GenericSchema>(schema: S) =>
  record({ N: maybe(schema), D: maybe(schema), loss: maybe(schema) });

const armSchema: v.GenericSchema<unknown, ComparedArm> = record({
  name: text,
  folder: maybe(text),
  summary: summarySchema,
  law: maybe(text),
  refused: maybe(text),
  exponents: maybe(ofEach(exponentSchema)),
  apart: maybe(ofEach(apartSchema)),
  comparison: maybe(recordSchemas.comparison),
});

const comparisonSummarySchema: v.GenericSchema<unknown, ComparisonSummary> = record({
  record: v.literal("studies", '"studies"'),
  name: text,
  compared: text,
  arms: v.pipe(
    v.array(armSchema, "a list of arms"),
    v.check((arms) => arms.length >= 2, "a list of two arms or more"),
    v.check(
      (arms) => new Set(arms.map(({ name }) => name)).size === arms.length,
      "a list in which every name is another",
    ),
  ),
  lossesDiffer: maybe(text),
  file: maybe(fileSchema),
  modules: maybe(modulesSchema),
  reproduce: maybe(text),
});

/**
 * A comparison of studies as it was read from JSON.
 * @throws PlotInputError naming the first field that is missing or is not what it must be
 */
export const readComparison = (value: unknown): ComparisonSummary => {
  const error = (message: string) => new PlotInputError(message, message.split(" ")[0] ?? "");
  return read(comparisonSummarySchema, value, { name: "", error });
};

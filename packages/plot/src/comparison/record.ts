import { type Comparison, type Interval, recordFields, recordSchemas } from "@isoflop/scaling";
import { number, positive, read, record, text, whole } from "@isoflop/spec";
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

/** A difference of losses with its standard error. */
export interface LossDifference {
  readonly mean: number;
  readonly stdErr: number;
}

/** Two arms at one budget, told sample by sample: what both find hard cancels. */
export interface PairedBudget {
  readonly C: number;
  /** Whether it tests predictions in both. */
  readonly heldOut: boolean;
  /** Lowest loss of this arm minus that of the other, with the error that their validation leaves; seeds differ by more. */
  readonly difference: LossDifference;
  /** The standard error that it would have if their validations had nothing in common. */
  readonly unpaired: number;
  /** Mean difference of runs of equal size, with the error that their scatter says, seeds included; absent for less than two pairs. */
  readonly matched?: LossDifference & { readonly pairs: number };
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
  /** Its runs against those of the first; absent of the first, and where losses of samples were not kept or are of other samples. */
  readonly paired?: readonly PairedBudget[];
}

/** What a quantity says of one arm. */
export type ComparedLaw = Pick<ComparedArm, "name" | "law" | "refused" | "exponents" | "apart" | "comparison">;

/** A metric of the runs, by which arms are held against each other as by their loss: where losses are unlike, by it alone. */
export interface ComparedMetric {
  /** What laws are fitted to, as the arms have it: `vlb + 7`. */
  readonly title: string;
  /** Why it is not compared: its numbers are not measured alike, or not of all arms. */
  readonly differs?: string;
  /** In the order of the arms. */
  readonly laws: readonly ComparedLaw[];
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
  /** The same by each metric that was measured of their runs. */
  readonly metrics?: readonly ComparedMetric[];
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

const differenceFields = { mean: number(), stdErr: number({ atLeast: 0 }) };

const pairedSchema = record({
  C: positive,
  heldOut: v.boolean("true or false"),
  difference: record(differenceFields),
  unpaired: number({ atLeast: 0 }),
  matched: maybe(record({ ...differenceFields, pairs: whole({ atLeast: 2 }) })),
});

const lawFields = {
  name: text,
  law: maybe(text),
  refused: maybe(text),
  exponents: maybe(ofEach(exponentSchema)),
  apart: maybe(ofEach(apartSchema)),
  comparison: maybe(recordSchemas.comparison),
};

const metricSchema: v.GenericSchema<unknown, ComparedMetric> = record({
  title: text,
  differs: maybe(text),
  laws: v.array(record(lawFields), "a list of laws"),
});

const armSchema: v.GenericSchema<unknown, ComparedArm> = record({
  ...lawFields,
  folder: maybe(text),
  summary: summarySchema,
  paired: maybe(v.array(pairedSchema, "a list of budgets")),
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
  metrics: maybe(v.array(metricSchema, "a list of metrics")),
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

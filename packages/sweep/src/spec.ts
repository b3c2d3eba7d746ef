import { sources } from "@isoflop/data";
import { digest, jsonSchema, nameOrRecord, positive, read, record } from "@isoflop/spec";
import { trainFields } from "@isoflop/train";
import * as v from "valibot";
import { contentSchema, digestsOf } from "./content.js";
import { SweepError } from "./errors.js";
import { type RunnerSpec, runners } from "./runners/index.js";
import type { RunTask } from "./task.js";

/** A run is a pure function of this record. */
export interface RunSpec extends RunTask {
  /** The train function that does it, by its name alone where its options have their defaults. Absent: `train`. */
  readonly runner?: RunnerSpec | RunnerSpec["kind"];
}

const fields = record({
  ...trainFields,
  data: sources.schema,
  content: contentSchema,
  budget: positive,
  runner: v.optional(nameOrRecord(runners)),
});

/** A whole run. The usual train function is left unsaid: texts from before there was a choice stay what they were. */
export const runSchema = v.pipe(
  fields,
  v.transform(
    ({ runner, ...spec }): RunSpec => (runner === undefined || runner === "train" ? spec : { ...spec, runner }),
  ),
);

/** A run as one writes it: what differs from the defaults. */
export type RunSpecInput = v.InferInput<typeof runSchema>;

/**
 * Checks a spec and fills in its defaults.
 * @throws SweepError `spec` naming the field, its value and what would be right
 */
export const runSpec = (input: RunSpecInput): RunSpec =>
  read(runSchema, input, { name: "spec", error: (message) => new SweepError("spec", message) });

/** JSON Schema of a run, with which editors complete and check a file. */
export const runJsonSchema = () => jsonSchema(runSchema, "RunSpec");

/**
 * The version of what a spec computes: raised whenever the same spec means other numbers, in this package or in one below it. A test
 * holds the losses of a small run against it.
 */
export const NUMERICS = 2;

/** All that decides a run of a checked spec: its record, its data and modules by content and not by name, and the version of what is computed. */
export const identityOf = ({ data: _, content, ...rest }: RunSpec): Readonly<Record<string, unknown>> => ({
  numerics: NUMERICS,
  ...rest,
  data: content.data,
  modules: digestsOf(content.modules),
});

/** The id of a checked spec. */
export const idOf = (checked: RunSpec): string => digest(identityOf(checked)).slice(0, 16);

/** The identity of a run: 16 hex digits of the hash of all that decides it, defaults filled in. @throws as {@link runSpec} does */
export const runId = (spec: RunSpecInput): string => idOf(runSpec(spec));

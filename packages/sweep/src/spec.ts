import { type DataSource, type DataSpec, fingerprint, sources } from "@isoflop/data";
import type { Flops } from "@isoflop/flops";
import { digest, jsonSchema, positive, read, record, text } from "@isoflop/spec";
import { type TrainSpec, trainFields } from "@isoflop/train";
import * as v from "valibot";
import { SweepError } from "./errors.js";

/** A module from outside that a run takes part in: another density, another source, another architecture. */
export interface ModuleContent {
  /** Where it was found. A run is the same wherever it lies. */
  readonly path: string;
  /** 32 hex digits of the hash of its text and of all that it imports beside it. */
  readonly digest: string;
}

/** What decides a run and is no part of its record: a name or a path does not say what lies behind it. */
export interface RunContent {
  /** `fingerprint(source).run` of `@isoflop/data`: which data, in which order. */
  readonly data: string;
  readonly modules: readonly ModuleContent[];
}

/** A run is a pure function of this record. */
export interface RunSpec extends TrainSpec {
  /** How the data are opened again. */
  readonly data: DataSpec;
  readonly content: RunContent;
  /** The compute the run belongs to on an isoFLOP curve, in FLOPs; what it spends is `steps` whole steps. */
  readonly budget: Flops;
}

const hash = v.pipe(text, v.regex(/^[0-9a-f]{32}$/, "32 hex digits"));

/** The content's record. */
export const contentSchema: v.GenericSchema<
  Pick<RunContent, "data"> & { readonly modules?: RunContent["modules"] | undefined },
  RunContent
> = record({
  data: hash,
  modules: v.optional(v.array(record({ path: text, digest: hash }), "a list of modules"), []),
});

/** A whole run. */
export const runSchema = record({
  ...trainFields,
  data: sources.schema,
  content: contentSchema,
  budget: positive,
});

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

/** What a spec says of a source that is open. */
export const contentOf = (source: DataSource, modules: readonly ModuleContent[] = []): RunContent => ({
  data: fingerprint(source).run,
  modules,
});

/**
 * The version of what a spec computes: raised whenever the same spec means other numbers, in this package or in one below it. A test
 * holds the losses of a small run against it.
 */
export const NUMERICS = 2;

/**
 * The identity of a run: 16 hex digits of the hash of all that decides it, defaults filled in: its record, its data and modules by
 * content and not by name, and the version of what is computed.
 */
export const runId = (spec: RunSpecInput): string => {
  const { data: _, content, ...rest } = runSpec(spec);
  const modules = [...new Set(content.modules.map(({ digest }) => digest))].sort();
  return digest({ numerics: NUMERICS, ...rest, data: content.data, modules }).slice(0, 16);
};

/** The part of a run that training depends on. */
export const trainingOf = ({ data: _, content: __, budget: ___, ...rest }: RunSpec): TrainSpec => rest;

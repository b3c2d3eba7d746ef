import { type DataSpec, sources } from "@isoflop/data";
import type { Flops } from "@isoflop/flops";
import { jsonSchema, positive, read, record } from "@isoflop/spec";
import { canonicalJson, type TrainSpec, trainFields } from "@isoflop/train";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type * as v from "valibot";
import { SweepError } from "./errors.js";

/** A run is a pure function of this record. */
export interface RunSpec extends TrainSpec {
  readonly data: DataSpec;
  /** The compute the run belongs to on an isoFLOP curve, in FLOPs; what it spends is `steps` whole steps. */
  readonly budget: Flops;
}

/** A whole run. */
export const runSchema = record({ ...trainFields, data: sources.schema, budget: positive });

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

/** Changes whenever the same spec would mean another computation. */
const MEANING = "isoflop run 1";

/** The identity of a run: 16 hex digits of the SHA-256 of its spec's canonical JSON, defaults filled in. */
export const runId = (spec: RunSpecInput): string =>
  bytesToHex(sha256(utf8ToBytes(`${MEANING}\n${canonicalJson(runSpec(spec))}`))).slice(0, 16);

/** The part of a run that training depends on. */
export const trainingOf = ({ data: _, budget: __, ...rest }: RunSpec): TrainSpec => rest;

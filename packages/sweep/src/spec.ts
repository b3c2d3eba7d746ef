import type { Flops } from "@isoflop/flops";
import {
  canonicalJson,
  integer,
  oneOf,
  positive,
  record,
  type TrainSpec,
  type TrainSpecInput,
  trainFields,
  withDefault,
} from "@isoflop/train";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { SweepError } from "./errors.js";

/** A source of `@isoflop/data` by name. */
export interface DataSpec {
  readonly source: "emoji" | "shapes" | "cifar10";
  /** Pixels per side. */
  readonly size: 16 | 32;
  /** Of the order and layout of the training images; validation is the same for all seeds. */
  readonly seed: number;
}

/** A run is a pure function of this record. */
export interface RunSpec extends TrainSpec {
  readonly data: DataSpec;
  /** The compute the run belongs to on an isoFLOP curve, in FLOPs; what it spends is `steps` whole steps. */
  readonly budget: Flops;
}

/** A run as one writes it: what differs from the defaults. */
export type RunSpecInput = TrainSpecInput & {
  readonly data: Pick<DataSpec, "source"> & Partial<DataSpec>;
  readonly budget: Flops;
};

const side = (value: unknown, path: string): 16 | 32 => {
  if (value === 16 || value === 32) return value;
  throw new SweepError("spec", `${path} is ${JSON.stringify(value)}; it must be 16 or 32`);
};

const data = record<DataSpec>({
  source: oneOf(["emoji", "shapes", "cifar10"]),
  size: withDefault(side, 16),
  seed: withDefault(integer(0), 0),
});

/**
 * Checks a spec and fills in its defaults.
 * @throws TrainError or SweepError `spec` naming the field, its value and what would be right
 */
export const runSpec = (input: RunSpecInput): RunSpec =>
  record<RunSpec>({ ...trainFields, data, budget: positive })(input, "spec");

/** Changes whenever the same spec would mean another computation. */
const MEANING = "isoflop run 1";

/** The identity of a run: 16 hex digits of the SHA-256 of its spec's canonical JSON, defaults filled in. */
export const runId = (spec: RunSpecInput): string =>
  bytesToHex(sha256(utf8ToBytes(`${MEANING}\n${canonicalJson(runSpec(spec))}`))).slice(0, 16);

/** The part of a run that training depends on. */
export const trainingOf = ({ data: _, budget: __, ...rest }: RunSpec): TrainSpec => rest;

import type { Seconds } from "@isoflop/flops";
import type { LossBin } from "@isoflop/train";
import { SweepError } from "./errors.js";
import type { Place } from "./place.js";
import type { RunSpec } from "./spec.js";

/** Which data a run saw, in words and by content. */
export interface DataProvenance {
  readonly name: string;
  /** npm package and version, or null where the images are computed. */
  readonly package: string | null;
  /** SHA-256 of the decoded pixels, or null where they are computed. */
  readonly pixelsSha256: string | null;
  /** `fingerprint(source).content` of `@isoflop/data`: equal for the same images and captions in any order. "" where a record is older than that. */
  readonly content: string;
}

/** What a run found, beside its place on the axes. All but `seconds` is a pure function of the spec, on the same data and kind of device. */
export interface RunResult extends Place {
  /** What `flops` count: the name of a convention of `@isoflop/flops`. */
  readonly convention: string;
  /** Validation loss of the averaged weights. */
  readonly loss: number;
  readonly lossStdErr: number;
  /** The same by noise level, in parts of the clock of equal share of the samples. Absent where a train function or a record of before does not say it. */
  readonly lossBins?: readonly LossBin[];
  /** Spent in training, over all sessions. */
  readonly seconds: Seconds;
  /** What it ran on. */
  readonly device: string;
  readonly data: DataProvenance;
}

/** Why a run has no result. Only what the spec itself makes happen again every time is kept as a failure. */
export interface RunFailure {
  readonly code: string;
  readonly message: string;
}

/** What a store knows about a run. */
export type RunRecord = {
  readonly id: string;
  readonly spec: RunSpec;
  /** Why the run can be read and not be gone on with: parts from outside that are not loaded, or a record of an older version. */
  readonly frozen?: string;
} & (
  | { readonly state: "unfinished" }
  | { readonly state: "done"; readonly result: RunResult }
  | { readonly state: "failed"; readonly failure: RunFailure }
);

/**
 * The spec of a record, to be run, measured or sampled from.
 * @throws SweepError `record` for one that can only be read, saying how to go on
 */
export const specToRun = ({ id, spec, frozen }: Pick<RunRecord, "id" | "spec" | "frozen">): RunSpec => {
  if (frozen === undefined) return spec;
  throw new SweepError("record", `run ${id} can be read and not be gone on with: ${frozen}`);
};

import type { Flops, Parameters, Seconds, Tokens } from "@isoflop/flops";
import type { RunSpec } from "./spec.js";

/** What a run found. All but `seconds` and `device` are a pure function of the spec and the kind of device. */
export interface RunResult {
  /** Validation loss of the averaged weights. */
  readonly loss: number;
  readonly lossStdErr: number;
  /** Trainable parameters. */
  readonly params: Parameters;
  readonly paramsNonEmbedding: Parameters;
  readonly samples: number;
  /** Image tokens seen. */
  readonly tokens: Tokens;
  /** Spent in training, by `conventions.exact`. */
  readonly flops: Flops;
  /** Spent in training, over all sessions. */
  readonly seconds: Seconds;
  /** What it ran on. */
  readonly device: string;
}

/** Why a run has no result. Only what the spec itself makes happen again every time is kept as a failure. */
export interface RunFailure {
  readonly code: string;
  readonly message: string;
}

/** What a store knows about a run. */
export type RunRecord = { readonly id: string; readonly spec: RunSpec } & (
  | { readonly state: "unfinished" }
  | { readonly state: "done"; readonly result: RunResult }
  | { readonly state: "failed"; readonly failure: RunFailure }
);

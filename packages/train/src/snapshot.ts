import { record, whole } from "@isoflop/spec";
import * as v from "valibot";
import type { SavedArray } from "./arrays.js";
import { powerWidthSchema } from "./ema.js";

/** Power averages that are tracked during a run beside the one that is measured, and kept at several of its steps. */
export interface SnapshotSpec {
  /** Relative widths, each once. Two give any width near them and between; the paper has 0.05 and 0.1. */
  readonly widths: readonly number[];
  /** How often, at equal distances; the last is after the last step. */
  readonly count: number;
}

/** A power average of the first `step` steps' weights. */
export interface Snapshot {
  readonly step: number;
  readonly width: number;
  /** The canonical JSON of the spec of its run. */
  readonly spec: string;
  /** `average.NAME` for every parameter. */
  readonly arrays: Readonly<Record<string, SavedArray>>;
}

/** A snapshot in a store: what it is, and its weights when they are asked for. */
export interface StoredSnapshot extends Omit<Snapshot, "arrays"> {
  /** @throws TrainError `checkpoint` if it can no longer be read whole */
  read(): Promise<Snapshot["arrays"]>;
}

/** In the order of their steps, and at one step of their widths. */
export const inOrder = <T extends Pick<Snapshot, "step" | "width">>(snapshots: Iterable<T>): readonly T[] =>
  [...snapshots].sort((a, b) => a.step - b.step || a.width - b.width);

export const snapshotsSchema = record({
  widths: v.optional(
    v.pipe(
      v.array(powerWidthSchema, "a list of widths"),
      v.minLength(1, "a list of at least one width"),
      v.check((widths) => new Set(widths).size === widths.length, "a list of widths, each once"),
    ),
    [0.05, 0.1],
  ),
  count: v.optional(whole({ atLeast: 1 }), 32),
}) as v.GenericSchema as v.GenericSchema<Partial<SnapshotSpec>, SnapshotSpec>;

/** The numbers of steps after which snapshots are taken, ascending. No more than there are steps. */
export const snapshotSteps = ({ count }: SnapshotSpec, steps: number): readonly number[] =>
  count >= steps
    ? Array.from({ length: steps }, (_, i) => i + 1)
    : Array.from({ length: count }, (_, i) => Math.round(((i + 1) * steps) / count));

/** Names of the tracked averages in a state and in the arrays of a checkpoint. */
export const trackedNames = (snapshots: SnapshotSpec | undefined): readonly string[] =>
  (snapshots?.widths ?? []).map((_, i) => `tracked${i}`);

import type { Device, Tensor } from "@isoflop/tensor";
import { namedArrays, type SavedArray } from "./arrays.js";
import { must, type TrainError } from "./errors.js";
import type { OptimizerState } from "./optimizer.js";
import type { Packing } from "./pack.js";
import { inOrder, type Snapshot, type StoredSnapshot } from "./snapshot.js";
import { isOfLogVariance } from "./uncertainty.js";

export type { SavedArray } from "./arrays.js";

/** Everything a run needs to go on as if it had never stopped. */
export interface Checkpoint {
  /** Steps done. */
  readonly step: number;
  /** Seconds spent training so far, over all sessions. */
  readonly seconds: number;
  /** The canonical JSON of the spec it belongs to. */
  readonly spec: string;
  /** `weights.NAME`, `average.NAME` and the optimizer's moments, of AdamW `m.NAME` and `v.NAME`, for every parameter; `tracked0.NAME`, … of averages that snapshots are of. */
  readonly arrays: Readonly<Record<string, SavedArray>>;
}

/** Where a run keeps its checkpoints. */
export interface CheckpointStore {
  /** Keeps a checkpoint. When it returns, the checkpoint survives a crash; until then the previous one does. */
  save(checkpoint: Checkpoint): Promise<void>;
  /** The newest checkpoint that can be read whole, and why newer ones could not. */
  latest(): Promise<{ readonly checkpoint?: Checkpoint; readonly rejected: readonly TrainError[] }>;
  /** Keeps a snapshot beside the checkpoints, in the place of one of the same step and width. For runs that take some. */
  keep?(snapshot: Snapshot): Promise<void>;
  /** All snapshots, by step and width. */
  snapshots?(): Promise<readonly StoredSnapshot[]>;
}

/** Checkpoints and snapshots that live as long as the page or process. */
export const memoryCheckpoints = (): Required<CheckpointStore> => {
  let newest: Checkpoint | undefined;
  const kept = new Map<string, StoredSnapshot>();
  return {
    async save(checkpoint) {
      newest = checkpoint;
    },
    async latest() {
      return newest ? { checkpoint: newest, rejected: [] } : { rejected: [] };
    },
    async keep({ arrays, ...about }) {
      kept.set(`${about.step} ${about.width}`, { ...about, read: async () => arrays });
    },
    snapshots: async () => inOrder(kept.values()),
  };
};

/** Reads the state from the device and names its parts. */
export const saveState = async (
  state: OptimizerState<string>,
  { slots }: Pick<Packing<unknown>, "slots">,
): Promise<Checkpoint["arrays"]> => {
  const arrays: Record<string, SavedArray> = {};
  const { weights, average, ...moments } = state;
  for (const [group, vector] of Object.entries({ weights, average, ...moments }))
    Object.assign(arrays, await namedArrays(vector, group, slots));
  return arrays;
};

/** What of a state is read. */
interface Reading {
  /** Vectors of the state. */
  readonly groups: readonly string[];
  /** Whether there may be others, and what serves training alone. */
  readonly more: boolean;
}

/** What keeps arrays of a checkpoint from being those of a model. */
const misfits = (
  { arrays }: Pick<Checkpoint, "arrays">,
  { groups, more }: Reading,
  { slots }: Packing<unknown>,
): string[] => {
  const found: string[] = [];
  for (const group of groups)
    for (const slot of slots) {
      const [name, right] = [`${group}.${slot.name}`, `the model needs [${slot.shape.join(", ")}]`];
      const saved = arrays[name];
      if (!saved) found.push(`it has no ${name}; ${right}`);
      else if (saved.shape.join() !== slot.shape.join() || saved.data.length !== slot.size)
        found.push(`it has ${name} as [${saved.shape.join(", ")}] of ${saved.data.length} numbers; ${right}`);
      else if (!saved.data.every(Number.isFinite)) found.push(`its ${name} is not finite`);
    }
  const names = new Set(slots.map(({ name }) => name));
  const unknown = Object.keys(arrays).filter((name) => {
    const end = name.indexOf(".");
    if (more && isOfLogVariance(name.slice(end + 1))) return false;
    return !names.has(name.slice(end + 1)) || !(more || groups.includes(name.slice(0, end)));
  });
  return [
    ...found,
    ...unknown.map((name) => `it has ${name}; the model has no such parameter, or its optimizer keeps no such vector`),
  ];
};

/** The most misfits that a message lists. */
const LISTED = 8;

/** @throws TrainError `checkpoint` listing all that does not fit the model, or is not finite */
const checkFit = (checkpoint: Pick<Checkpoint, "step" | "arrays">, read: Reading, packing: Packing<unknown>): void => {
  const found = misfits(checkpoint, read, packing);
  const more = found.length > LISTED ? [`and ${found.length - LISTED} more`] : [];
  const lines = [`the checkpoint of step ${checkpoint.step} is not one of this model:`, ...found.slice(0, LISTED)];
  must(found.length === 0, "checkpoint", [...lines, ...more].join("\n"));
};

const flatFrom = (
  { arrays }: Pick<Checkpoint, "arrays">,
  group: string,
  { slots, size }: Packing<unknown>,
): Float32Array => {
  const flat = new Float32Array(size);
  for (const { name, offset } of slots) flat.set(arrays[`${group}.${name}`]!.data, offset);
  return flat;
};

/** The vectors of AdamW. */
const usual = ["m", "v"] as const;

/**
 * Puts a checkpoint's state back on a device, to the bit.
 * @param moments what the run's optimizer keeps beside weights and average
 * @throws TrainError `checkpoint` if it is of another model or optimizer, or not finite
 */
export const restoreState = <const M extends string = "m" | "v">(
  checkpoint: Checkpoint,
  packing: Packing<unknown>,
  device: Device,
  moments: readonly M[] = usual as readonly string[] as readonly M[],
): OptimizerState<M> => {
  const groups = ["weights", "average", ...moments] as const;
  checkFit(checkpoint, { groups, more: false }, packing);
  const loaded = groups.map((group) => [group, device.tensor(flatFrom(checkpoint, group, packing))]);
  return Object.fromEntries(loaded) as OptimizerState<M>;
};

/**
 * The averaged weights of a checkpoint, or of a snapshot or an average that was reconstructed, as parameters on a device: what validation measures
 * and samples are drawn from.
 * @throws TrainError `checkpoint` if it is of another model or not finite
 */
export const averagedWeights = <P>(
  checkpoint: Pick<Checkpoint, "step" | "arrays">,
  packing: Packing<P>,
  device: Device,
): P => {
  checkFit(checkpoint, { groups: ["average"], more: true }, packing);
  const flat = device.tensor(flatFrom(checkpoint, "average", packing));
  const params = packing.unpack(flat as unknown as Tensor);
  device.evaluate(params);
  flat.dispose();
  return params;
};

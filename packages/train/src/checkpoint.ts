import type { Device, Tensor } from "@isoflop/tensor";
import { must, type TrainError } from "./errors.js";
import type { OptimizerState } from "./optimizer.js";
import type { Packing } from "./pack.js";

/** One f32 array of a checkpoint. */
export interface SavedArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Everything a run needs to go on as if it had never stopped. */
export interface Checkpoint {
  /** Steps done. */
  readonly step: number;
  /** Seconds spent training so far, over all sessions. */
  readonly seconds: number;
  /** The canonical JSON of the spec it belongs to. */
  readonly spec: string;
  /** `weights.NAME`, `average.NAME`, `m.NAME` and `v.NAME` for every parameter. */
  readonly arrays: Readonly<Record<string, SavedArray>>;
}

/** Where a run keeps its checkpoints. */
export interface CheckpointStore {
  /** Keeps a checkpoint. When it returns, the checkpoint survives a crash; until then the previous one does. */
  save(checkpoint: Checkpoint): Promise<void>;
  /** The newest checkpoint that can be read whole, and why newer ones could not. */
  latest(): Promise<{ readonly checkpoint?: Checkpoint; readonly rejected: readonly TrainError[] }>;
}

/** Checkpoints that live as long as the page or process. */
export const memoryCheckpoints = (): CheckpointStore => {
  let newest: Checkpoint | undefined;
  return {
    async save(checkpoint) {
      newest = checkpoint;
    },
    async latest() {
      return newest ? { checkpoint: newest, rejected: [] } : { rejected: [] };
    },
  };
};

const groups = ["weights", "average", "m", "v"] as const;

/** Reads the state from the device and names its parts. */
export const saveState = async (
  state: OptimizerState,
  { slots }: Pick<Packing<unknown>, "slots">,
): Promise<Checkpoint["arrays"]> => {
  const arrays: Record<string, SavedArray> = {};
  for (const group of groups) {
    const flat = (await state[group].data()) as Float32Array;
    for (const { name, shape, offset, size } of slots)
      arrays[`${group}.${name}`] = { shape, data: flat.slice(offset, offset + size) };
  }
  return arrays;
};

type Group = (typeof groups)[number];

/** What keeps arrays of a checkpoint from being those of a model. */
const misfits = ({ arrays }: Checkpoint, read: readonly Group[], { slots }: Packing<unknown>): string[] => {
  const found: string[] = [];
  for (const group of read)
    for (const slot of slots) {
      const [name, right] = [`${group}.${slot.name}`, `the model needs [${slot.shape.join(", ")}]`];
      const saved = arrays[name];
      if (!saved) found.push(`it has no ${name}; ${right}`);
      else if (saved.shape.join() !== slot.shape.join() || saved.data.length !== slot.size)
        found.push(`it has ${name} as [${saved.shape.join(", ")}] of ${saved.data.length} numbers; ${right}`);
      else if (!saved.data.every(Number.isFinite)) found.push(`its ${name} is not finite`);
    }
  const known = new Set(groups.flatMap((group) => slots.map(({ name }) => `${group}.${name}`)));
  const unknown = Object.keys(arrays).filter((name) => !known.has(name));
  return [...found, ...unknown.map((name) => `it has ${name}; the model has no such parameter`)];
};

/** The most misfits that a message lists. */
const LISTED = 8;

/** @throws TrainError `checkpoint` listing all that does not fit the model, or is not finite */
const checkFit = (checkpoint: Checkpoint, read: readonly Group[], packing: Packing<unknown>): void => {
  const found = misfits(checkpoint, read, packing);
  const more = found.length > LISTED ? [`and ${found.length - LISTED} more`] : [];
  const lines = [`the checkpoint of step ${checkpoint.step} is not one of this model:`, ...found.slice(0, LISTED)];
  must(found.length === 0, "checkpoint", [...lines, ...more].join("\n"));
};

const flatFrom = ({ arrays }: Checkpoint, group: Group, { slots, size }: Packing<unknown>): Float32Array => {
  const flat = new Float32Array(size);
  for (const { name, offset } of slots) flat.set(arrays[`${group}.${name}`]!.data, offset);
  return flat;
};

/** Puts a checkpoint's state back on a device, to the bit. @throws TrainError `checkpoint` if it is of another model or not finite */
export const restoreState = (checkpoint: Checkpoint, packing: Packing<unknown>, device: Device): OptimizerState => {
  checkFit(checkpoint, groups, packing);
  const load = (group: Group): Tensor => device.tensor(flatFrom(checkpoint, group, packing)) as unknown as Tensor;
  return { weights: load("weights"), average: load("average"), m: load("m"), v: load("v") };
};

/**
 * The averaged weights of a checkpoint as parameters on a device: what validation measures and samples are drawn from.
 * @throws TrainError `checkpoint` if it is of another model or not finite
 */
export const averagedWeights = <P>(checkpoint: Checkpoint, packing: Packing<P>, device: Device): P => {
  checkFit(checkpoint, ["average"], packing);
  const flat = device.tensor(flatFrom(checkpoint, "average", packing));
  const params = packing.unpack(flat as unknown as Tensor);
  device.evaluate(params);
  flat.dispose();
  return params;
};

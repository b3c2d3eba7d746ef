import type { DitParams } from "@isoflop/dit";
import { canonicalJson, differences } from "@isoflop/spec";
import { type Device, random, type Tensor } from "@isoflop/tensor";
import { type Checkpoint, restoreState } from "./checkpoint.js";
import { DivergedError, must, TrainError } from "./errors.js";
import type { Network } from "./network.js";
import type { OptimizerState } from "./optimizer.js";
import { buildOptimizer } from "./optimizers/spec.js";
import type { Packing } from "./pack.js";
import { trackedNames } from "./snapshot.js";
import type { TrainSpec } from "./spec.js";
import { learningRateAt } from "./step-metrics.js";
import type { TrainOptions } from "./train-options.js";

/** What a run goes on from: a checkpoint, or its first weights, with moments of 0 and every average where the weights are. */
export const stateOf = async (
  spec: TrainSpec,
  resumed: Checkpoint | undefined,
  {
    model,
    packing,
    device,
  }: { readonly model: Network<DitParams>; readonly packing: Packing<DitParams>; readonly device: Device },
): Promise<OptimizerState<string>> => {
  const { moments } = buildOptimizer(spec.optimizer);
  const tracked = trackedNames(spec.snapshots);
  if (resumed) return restoreState(resumed, packing, device, [...moments, ...tracked]);
  const packed = packing.pack(model.init(random.key(spec.seed)));
  const weights = (await packed.data(device)) as Float32Array;
  packed.dispose();
  const upload = (data: Float32Array): Tensor => device.tensor(data) as unknown as Tensor;
  const zeros = new Float32Array(weights.length);
  return {
    weights: upload(weights),
    ...Object.fromEntries(moments.map((name) => [name, upload(zeros)])),
    average: upload(weights),
    ...Object.fromEntries(tracked.map((name) => [name, upload(weights)])),
  } as OptimizerState<string>;
};

/** @throws DivergedError if the update of a step left weights or moments that are not finite */
export const checkFinite = (arrays: Checkpoint["arrays"], step: number, spec: TrainSpec): void => {
  for (const [name, { data }] of Object.entries(arrays))
    if (!data.every(Number.isFinite))
      throw new DivergedError(step, learningRateAt(spec, step), `${name} after step ${step} is not finite`, step + 1);
};

/** In what the spec of a checkpoint differs from this one. */
const otherRun = (saved: string, spec: TrainSpec): string => {
  try {
    const found = differences(JSON.parse(saved), JSON.parse(canonicalJson(spec)), "spec");
    return `Of what it was made from, ${found.slice(0, 8).join("; ")}${found.length > 8 ? "; and more" : ""}`;
  } catch {
    return `It was made from ${saved}`;
  }
};

/** @throws TrainError `checkpoint` if the newest readable checkpoint is of another spec, or of no step of this one */
export const resume = async (spec: TrainSpec, { store, onRejected }: TrainOptions): Promise<Checkpoint | undefined> => {
  const { checkpoint, rejected = [] } = (await store?.latest()) ?? {};
  for (const error of rejected) onRejected?.(error);
  if (!checkpoint) return undefined;
  const { step, seconds } = checkpoint;
  if (checkpoint.spec !== canonicalJson(spec))
    throw new TrainError(
      "checkpoint",
      `the checkpoint of step ${step} is of another run; give this one a folder of its own. ${otherRun(checkpoint.spec, spec)}`,
    );
  const holds = (field: string, value: number, right: boolean, range: string): void =>
    must(right, "checkpoint", `the checkpoint's ${field} is ${value}; it must be ${range}`);
  const isStep = Number.isSafeInteger(step) && step >= 0 && step <= spec.steps;
  holds("step", step, isStep, `a whole number from 0 to ${spec.steps}, the steps of its run`);
  holds("seconds", seconds, Number.isFinite(seconds) && seconds >= 0, "a finite number of at least 0");
  return checkpoint;
};

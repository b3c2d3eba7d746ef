import {
  type Accelerator,
  conventions,
  devices,
  estimate,
  type Flops,
  type OperandType,
  type PaperRun,
  paperGrid,
  paperSource,
} from "@isoflop/flops";
import { versions } from "../versions.js";

export interface PaperChoices {
  /** Images per step. */
  readonly batch: number;
  /** Expected share of the devices' peak. */
  readonly mfu: number;
}

/** The study of the paper as a document: its runs, and what they cost on every device. */
export const paperPlan = ({ batch, mfu }: PaperChoices) => {
  const { fitted, heldOut } = paperGrid(batch);
  const totalFlops = { fitted: sum(fitted), heldOut: sum(heldOut) };
  return {
    command: "plan" as const,
    preset: "paper",
    source: paperSource,
    counts: {
      N: "trainable",
      D: "image tokens",
      C: conventions.exact.name,
      memory: "mixed precision, AdamW, averaged weights",
    },
    batch,
    mfu,
    runs: fitted.map(rowOf),
    heldOut: heldOut.map(rowOf),
    totalFlops,
    deviceHours: Object.values<Accelerator>(devices).map((device) => {
      const arithmetic = fastest(device);
      const cost = (flops: Flops) => estimate({ flops, device, arithmetic, mfu });
      const { dollars } = cost(totalFlops.fitted + totalFlops.heldOut);
      return {
        device: device.name,
        arithmetic,
        fitted: cost(totalFlops.fitted).deviceHours,
        heldOut: cost(totalFlops.heldOut).deviceHours,
        ...(dollars && { dollars }),
      };
    }),
    versions: versions("@isoflop/flops"),
  };
};

const sum = (runs: readonly PaperRun[]): Flops => runs.reduce((total, { flops }) => total + flops, 0);

const fastest = ({ peak }: Accelerator): OperandType =>
  (["bf16", "f16", "f32"] as const).find((arithmetic) => peak[arithmetic] !== undefined)!;

const rowOf = ({ budget, name, params, tokens, steps, flops, roundingError, memory }: PaperRun) => ({
  ...{ budget, name, params, tokens, steps, flops, roundingError },
  memoryBytes: { state: memory.state, activationsPerImage: memory.perImage },
});

export type PaperPlanDocument = ReturnType<typeof paperPlan>;

import {
  type Arithmetic,
  conventions,
  type Device,
  devices,
  estimate,
  evaluate,
  type Flops,
  memory,
  type PlannedRun,
  paperBudgets,
  paperHeldOutBudget,
  paperLadder,
  paperLaws,
  parameters,
  planIsoFlop,
  precisions,
  within,
} from "@isoflop/flops";
import { smallest } from "../range.js";
import { versions } from "../versions.js";

export interface PaperChoices {
  /** Images per step. */
  readonly batch: number;
  /** Expected share of the devices' peak. */
  readonly mfu: number;
}

/** Sizes within this factor of a budget's optimum bracket its minimum on both sides. */
const REACH = 4;

/** The study of arXiv 2410.08184: its budgets, sizes of the ladder around the optima that its own law gives, and what they cost. */
export const paperGrid = ({ batch, mfu }: PaperChoices) => {
  const plan = (budgets: readonly Flops[], factor: (optimum: number) => number) =>
    planIsoFlop({
      budgets,
      models: (budget) => {
        const optimum = evaluate(paperLaws.parameters, budget);
        return within(paperLadder, optimum, factor(optimum));
      },
      batch,
    }).runs;
  const fitted = plan(paperBudgets, () => REACH);
  const heldOut = plan([paperHeldOutBudget], nearest);
  const sum = (runs: readonly PlannedRun[]): Flops => runs.reduce((total, { compute }) => total + compute, 0);
  return {
    command: "plan" as const,
    preset: "paper",
    source: "arXiv 2410.08184",
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
    totalFlops: { fitted: sum(fitted), heldOut: sum(heldOut) },
    deviceHours: Object.values<Device>(devices).map((device) => {
      const arithmetic = fastest(device);
      const hours = (flops: Flops) => estimate({ flops, device, arithmetic, mfu }).deviceHours;
      const all = estimate({ flops: sum(fitted) + sum(heldOut), device, arithmetic, mfu });
      return {
        device: device.name,
        arithmetic,
        fitted: hours(sum(fitted)),
        heldOut: hours(sum(heldOut)),
        ...(all.dollars && { dollars: all.dollars }),
      };
    }),
    versions: versions("@isoflop/flops"),
  };
};

/** The factor that holds only the rung nearest to an optimum. */
const nearest = (optimum: number): number =>
  Math.exp(smallest(paperLadder.map(({ config }) => Math.abs(Math.log(parameters(config).trainable / optimum))))) *
  (1 + 1e-9);

const fastest = ({ peak }: Device): Arithmetic =>
  (["bf16", "f16", "f32"] as const).find((arithmetic) => peak[arithmetic] !== undefined)!;

const rowOf = ({ budget, name, config, parameters: params, tokens, steps, compute, computeError }: PlannedRun) => {
  const { total, activations } = memory(config, { batch: 1, precision: precisions.mixed });
  return {
    budget,
    name,
    params,
    tokens,
    steps,
    flops: compute,
    roundingError: computeError,
    memoryBytes: { state: total - activations, activationsPerImage: activations },
  };
};

export type PaperDocument = ReturnType<typeof paperGrid>;

import {
  type Bytes,
  conventions,
  type DeviceName,
  devices,
  estimate,
  evaluate,
  type Flops,
  memory,
  type PlannedRun,
  paperBudgets,
  paperHeldOutBudget,
  paperLadder,
  parameters,
  planIsoFlop,
  precisions,
  within,
} from "@isoflop/flops";
import { printed } from "./printed.js";

/** Images per step. */
export const batch = 1024;
/** Sizes within this factor of a budget's optimum bracket its minimum on both sides. */
export const reach = 4;
/** On which the plan is costed, in bf16. */
export const deviceNames = ["A100-80GB-SXM", "H100-SXM", "RTX-4090"] as const satisfies readonly DeviceName[];

export type DeviceHours = Readonly<Record<(typeof deviceNames)[number], number>>;

/** One run: what is trained, what it spends, and what it needs. */
export interface RunRow extends Omit<PlannedRun, "config"> {
  /** Weights, gradients, optimizer and averaged weights; and saved activations of one image. */
  readonly memory: { readonly state: Bytes; readonly perImage: Bytes };
  readonly deviceHours: DeviceHours;
}

/** All runs of one budget, or of several. */
export interface Sum {
  readonly runs: number;
  readonly flops: Flops;
  readonly deviceHours: DeviceHours;
}

export interface BudgetRow extends Sum {
  readonly budget: Flops;
  /** N* of the printed law. */
  readonly optimum: number;
}

export interface PaperPlan {
  /** N trainable parameters, D image tokens, C exact FLOPs. */
  readonly conventions: { readonly N: string; readonly D: string; readonly C: string; readonly memory: string };
  readonly utilisation: number;
  readonly runs: readonly RunRow[];
  /** By budget, the held-out one last. */
  readonly budgets: readonly BudgetRow[];
  readonly fitted: Sum;
  readonly heldOut: Sum;
}

/** The study of the paper: six budgets with sizes of the ladder around the optima of its own law, and the size nearest to it at the held-out one. */
export const paperPlan = (utilisation: number): PaperPlan => {
  const lay = (budgets: readonly Flops[], factorAt: (optimum: number) => number) =>
    planIsoFlop({
      budgets,
      models: (budget) => {
        const optimum = evaluate(printed.N, budget);
        return within(paperLadder, optimum, factorAt(optimum));
      },
      batch,
    }).runs.map((run) => rowOf(run, utilisation));
  const fitted = lay(paperBudgets, () => reach);
  const heldOut = lay([paperHeldOutBudget], nearest);
  const runs = [...fitted, ...heldOut];
  return {
    conventions: {
      N: "trainable parameters",
      D: "image tokens",
      C: conventions.exact.name,
      memory: "mixed precision, AdamW, averaged weights",
    },
    utilisation,
    runs,
    budgets: [...paperBudgets, paperHeldOutBudget].map((budget) => ({
      budget,
      optimum: evaluate(printed.N, budget),
      ...sumOf(runs.filter((run) => run.budget === budget)),
    })),
    fitted: sumOf(fitted),
    heldOut: sumOf(heldOut),
  };
};

/** The factor that holds only the rung nearest to an optimum; a hair more, so that rounding does not leave it out. */
const nearest = (optimum: number): number =>
  Math.exp(Math.min(...paperLadder.map(({ config }) => Math.abs(Math.log(parameters(config).trainable / optimum))))) *
  (1 + 1e-9);

const rowOf = ({ config, ...run }: PlannedRun, utilisation: number): RunRow => {
  const { total, activations } = memory(config, { batch: 1, precision: precisions.mixed });
  return {
    ...run,
    memory: { state: total - activations, perImage: activations },
    deviceHours: byDevice(
      (name) =>
        estimate({ flops: run.compute, device: devices[name], arithmetic: "bf16", mfu: utilisation }).deviceHours,
    ),
  };
};

const sumOf = (runs: readonly RunRow[]): Sum => ({
  runs: runs.length,
  flops: runs.reduce((sum, { compute }) => sum + compute, 0),
  deviceHours: byDevice((name) => runs.reduce((sum, { deviceHours }) => sum + deviceHours[name], 0)),
});

const byDevice = (hours: (name: keyof DeviceHours) => number): DeviceHours => ({
  "A100-80GB-SXM": hours("A100-80GB-SXM"),
  "H100-SXM": hours("H100-SXM"),
  "RTX-4090": hours("RTX-4090"),
});

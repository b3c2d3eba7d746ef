import {
  conventions,
  type DeviceName,
  devices,
  estimate,
  evaluate,
  type Flops,
  type PaperRun,
  paperBudgets,
  paperGrid,
  paperHeldOutBudget,
} from "@isoflop/flops";
import { printed } from "./printed.js";

/** On which the plan is costed, in bf16. */
export const deviceNames = ["A100-80GB-SXM", "H100-SXM", "RTX-4090"] as const satisfies readonly DeviceName[];

export type DeviceHours = Readonly<Record<(typeof deviceNames)[number], number>>;

/** One run: what is trained, what it spends, and what it needs. */
export interface RunRow extends Omit<PaperRun, "config"> {
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

/** The study of the paper with its cost: six budgets with sizes of the ladder around the optima of its own law, and one more run. */
export const paperPlan = (utilisation: number): PaperPlan => {
  const grid = paperGrid();
  const rows = (runs: readonly PaperRun[]) => runs.map((run) => rowOf(run, utilisation));
  const [fitted, heldOut] = [rows(grid.fitted), rows(grid.heldOut)];
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

const rowOf = ({ config: _, ...run }: PaperRun, mfu: number): RunRow => ({
  ...run,
  deviceHours: byDevice(
    (name) => estimate({ flops: run.flops, device: devices[name], arithmetic: "bf16", mfu }).deviceHours,
  ),
});

const sumOf = (runs: readonly RunRow[]): Sum => ({
  runs: runs.length,
  flops: runs.reduce((sum, { flops }) => sum + flops, 0),
  deviceHours: byDevice((name) => runs.reduce((sum, { deviceHours }) => sum + deviceHours[name], 0)),
});

const byDevice = (hours: (name: keyof DeviceHours) => number): DeviceHours => ({
  "A100-80GB-SXM": hours("A100-80GB-SXM"),
  "H100-SXM": hours("H100-SXM"),
  "RTX-4090": hours("RTX-4090"),
});

import {
  type DitConfig,
  type Flops,
  type GridOptions,
  type GridRun,
  isoFlopGrid,
  type Parameters,
  parameters,
} from "@isoflop/flops";
import { SweepError } from "./errors.js";
import { computeConvention } from "./place.js";
import { learningRateOf, type RatedRun, type RateRule } from "./rules.js";
import { type RunSpec, type RunSpecInput, runId, runSpec } from "./spec.js";

export interface SweepGridOptions extends Pick<GridOptions, "budgets" | "models" | "batch" | "convention"> {
  /** Everything the runs have in common. */
  readonly base: Omit<RunSpecInput, "model" | "steps" | "budget" | "batch">;
  /** Peak learning rate by one rule for all runs. Default: that of `base`. */
  readonly learningRate?: RateRule | ((run: RatedRun) => number) | undefined;
}

/** A run of a grid that can be trained. */
export interface SweepRun extends GridRun {
  readonly id: string;
  readonly spec: RunSpec;
  /** Parameters that take part in products; `params` are all trainable ones. */
  readonly paramsNonEmbedding: Parameters;
}

/** Runs that their budgets pay for. @throws SweepError `plan` for a budget too small for one step */
const paid = (options: GridOptions): readonly GridRun[] => {
  const { runs, refused } = isoFlopGrid(options);
  const [first] = refused;
  if (!first) return runs;
  const { budget, name, stepFlops } = first;
  throw new SweepError(
    "plan",
    `budget ${budget.toExponential()} is too small for one step of ${name}, which takes ${stepFlops.toExponential(3)} FLOPs; raise the budget, or use a smaller model or batch`,
  );
};

/** Whole steps nearest to a budget. @throws SweepError `plan` if not even one step fits, FlopsError for a budget that is none */
export const stepsFor = (budget: Flops, config: DitConfig, batch: number): number => {
  const models = [{ name: `width ${config.width}`, config }];
  return paid({ budgets: [budget], models, batch, convention: computeConvention })[0]!.steps;
};

/**
 * The runs of an isoFLOP study, as they are trained: every model at every budget, with as many steps as the budget pays for.
 * @throws SweepError `plan` for a budget too small for one step, or nothing to run
 * @throws FlopsError `plan` for a budget that is none, TrainError `spec` for a wrong field of `base`
 */
export const sweepGrid = (options: SweepGridOptions): readonly SweepRun[] => {
  const { budgets, models, batch, convention = computeConvention, base, learningRate } = options;
  const runs = paid({ budgets, models, batch, convention });
  if (runs.length === 0) throw new SweepError("plan", "the grid is empty; it needs at least one model");
  return runs.map((run): SweepRun => {
    const { config: model, budget, steps, batch } = run;
    const rated = { width: model.width, tokens: run.tokens, batch };
    const rate = typeof learningRate === "function" ? learningRate(rated) : learningRate;
    const optimizer = { ...base.optimizer, ...(rate !== undefined && { learningRate: learningRateOf(rate, rated) }) };
    const spec = runSpec({ ...base, optimizer, model, batch, budget, steps });
    return { ...run, id: runId(spec), spec, paramsNonEmbedding: parameters(model).nonEmbedding };
  });
};

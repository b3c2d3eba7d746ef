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
import { runSeed } from "./seeds.js";
import { type RunSpec, type RunSpecInput, runId, runSpec } from "./spec.js";

/** Of a run what a grid does not decide. */
export type RunBase = Omit<RunSpecInput, "model" | "steps" | "budget" | "batch" | "seed">;

export interface SweepGridOptions extends Pick<GridOptions, "budgets" | "models" | "batch" | "convention"> {
  /** Everything the runs have in common; a function of the seed where that decides the order of their data. */
  readonly base: RunBase | ((seed: number) => RunBase);
  /** The study's, from which every run has its own ({@link runSeed}). Default 0. */
  readonly seed?: number;
  /** Runs of every size at every budget, which differ in their seeds. Default 1. */
  readonly replicates?: number;
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
 * The runs of an isoFLOP study, as they are trained: every model at every budget, with as many steps as the budget pays for, and each with a
 * seed of its own. Replicates of a run follow each other.
 * @throws SweepError `plan` for a budget too small for one step, nothing to run or a number of replicates that is none
 * @throws FlopsError `plan` for a budget that is none, TrainError `spec` for a wrong field of `base`
 */
export const sweepGrid = (options: SweepGridOptions): readonly SweepRun[] => {
  const { budgets, models, batch, convention = computeConvention, replicates = 1 } = options;
  if (!Number.isSafeInteger(replicates) || replicates < 1)
    throw new SweepError("plan", `replicates is ${replicates}; it must be a whole number of at least 1`);
  const runs = paid({ budgets, models, batch, convention });
  if (runs.length === 0) throw new SweepError("plan", "the grid is empty; it needs at least one model");
  return runs.flatMap((run) => Array.from({ length: replicates }, (_, replicate) => trained(run, replicate, options)));
};

const trained = (run: GridRun, replicate: number, { base, learningRate, seed = 0 }: SweepGridOptions): SweepRun => {
  const { config: model, budget, steps, batch } = run;
  const own = runSeed({ seed, budget, model, replicate });
  const common = typeof base === "function" ? base(own) : base;
  const rated = { width: model.width, tokens: run.tokens, batch };
  const rate = typeof learningRate === "function" ? learningRate(rated) : learningRate;
  const optimizer = { ...common.optimizer, ...(rate !== undefined && { learningRate: learningRateOf(rate, rated) }) };
  const spec = runSpec({ ...common, optimizer, model, batch, budget, steps, seed: own });
  return { ...run, id: runId(spec), spec, paramsNonEmbedding: parameters(model).nonEmbedding };
};

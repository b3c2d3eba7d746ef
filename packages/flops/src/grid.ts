import type { DitConfig } from "./config.js";
import { type Convention, conventions } from "./convention.js";
import { flops } from "./count.js";
import { FlopsError, integer, oneOf, onlyKeys, positive, shown } from "./errors.js";
import type { NamedConfig } from "./ladder.js";
import { type ParameterSet, parameterSets, parameters, tokensPerSample } from "./parameters.js";
import { training } from "./passes.js";
import type { Flops, Parameters, Tokens } from "./units.js";

export interface GridOptions {
  /** Compute budgets in FLOPs. */
  readonly budgets: readonly Flops[];
  /** The same models at every budget, or those that suit each. */
  readonly models: readonly NamedConfig[] | ((budget: Flops) => readonly NamedConfig[]);
  /** Samples per optimizer step: one number, or one per budget. Never one per model, which would confound the law. */
  readonly batch: number | ((budget: Flops) => number);
  /** What C is: forward and backward, without recomputation or optimizer. Default `conventions.exact`. */
  readonly convention?: Convention;
  /** The N on the axis. Default "trainable". */
  readonly n?: ParameterSet;
  /** Runs that their budget pays fewer steps of are refused. Default 1. */
  readonly minSteps?: number;
}

/** One run of the grid: a whole number of steps, and the compute that really spends. */
export interface GridRun {
  readonly budget: Flops;
  readonly name: string;
  readonly config: DitConfig;
  /** N, by the grid's {@link ParameterSet}. */
  readonly params: Parameters;
  /** Samples per step. */
  readonly batch: number;
  readonly steps: number;
  readonly samples: number;
  /** D, by the tokens of the grid's convention. */
  readonly tokens: Tokens;
  /** steps · FLOPs of a step. */
  readonly flops: Flops;
  /** flops / budget − 1, which rounding to whole steps makes. */
  readonly roundingError: number;
  /** 6·N·D beside it. */
  readonly sixND: Flops;
}

/** A run that its budget pays too few steps of. */
export interface RefusedRun {
  readonly budget: Flops;
  readonly name: string;
  /** FLOPs of one step. */
  readonly stepFlops: Flops;
  /** Steps that the budget would pay for, not rounded. */
  readonly steps: number;
}

/** Models at several budgets, with what the axes mean. */
export interface IsoFlopGrid {
  readonly convention: Convention;
  readonly n: ParameterSet;
  /** By budget, and then by model. */
  readonly runs: readonly GridRun[];
  readonly refused: readonly RefusedRun[];
}

/**
 * FLOPs of one optimizer step on `batch` samples: forward and backward, without recomputation or optimizer.
 * @throws FlopsError if the config or the convention is wrong, or the convention has no FLOPs.
 */
export const stepFlops = (config: DitConfig, batch: number, convention: Convention = conventions.exact): Flops =>
  batch * flops(training(config, convention).total);

/**
 * Steps, samples and tokens of every model at every budget, to the nearest whole step.
 * @throws FlopsError if a budget, a config, the batch or the convention is wrong, or the convention has no FLOPs.
 */
export const isoFlopGrid = (options: GridOptions): IsoFlopGrid => {
  onlyKeys("plan", "the grid", options, ["budgets", "models", "batch", "convention", "n", "minSteps"]);
  const { budgets, models, batch: batchAt, convention = conventions.exact, minSteps = 1 } = options;
  const n = oneOf("plan", "n", options.n ?? "trainable", parameterSets);
  integer("plan", "minSteps", minSteps);
  if (!Array.isArray(budgets)) {
    throw new FlopsError("plan", `budgets is ${shown(budgets)}; it must be an array of budgets in FLOPs.`);
  }
  if (budgets.length === 0) throw new FlopsError("plan", "budgets is empty; it needs at least one budget in FLOPs.");
  const runs: GridRun[] = [];
  const refused: RefusedRun[] = [];
  for (const [i, budget] of budgets.entries()) {
    positive("plan", `budgets[${i}]`, budget);
    const batch = integer("plan", "batch", typeof batchAt === "function" ? batchAt(budget) : batchAt);
    for (const { name, config } of typeof models === "function" ? models(budget) : models) {
      const perStep = stepFlops(config, batch, convention);
      if (budget < minSteps * perStep) {
        refused.push({ budget, name, stepFlops: perStep, steps: budget / perStep });
        continue;
      }
      const steps = Math.round(budget / perStep);
      const samples = steps * batch;
      const tokens = samples * tokensPerSample(config, convention.tokens);
      const params = parameters(config)[n];
      const spent = steps * perStep;
      const [roundingError, sixND] = [spent / budget - 1, 6 * params * tokens];
      runs.push({ budget, name, config, params, batch, steps, samples, tokens, flops: spent, roundingError, sixND });
    }
  }
  return { convention, n, runs, refused };
};

import type { DitConfig } from "./config.js";
import { type Convention, conventions } from "./convention.js";
import { flops } from "./count.js";
import { FlopsError, integer, oneOf, onlyKeys, positive, shown } from "./errors.js";
import type { NamedConfig } from "./ladder.js";
import { type ParameterSet, parameterSets, parameters, tokensPerSample } from "./parameters.js";
import { training } from "./passes.js";
import type { Flops, Parameters, Tokens } from "./units.js";

export interface PlanOptions {
  /** Compute budgets in FLOPs. */
  readonly budgets: readonly Flops[];
  /** The same models at every budget, or those that suit each. */
  readonly models: readonly NamedConfig[] | ((budget: Flops) => readonly NamedConfig[]);
  /** Samples per optimizer step. */
  readonly batch: number;
  /** What C is: forward and backward, without recomputation or optimizer. Default `conventions.exact`. */
  readonly convention?: Convention;
  /** The N on the axis. Default "trainable". */
  readonly n?: ParameterSet;
  /** Runs of fewer steps are refused. Default 1. */
  readonly minSteps?: number;
}

/** One run of the grid: a whole number of steps, and the compute that really spends. */
export interface PlannedRun {
  readonly budget: Flops;
  readonly name: string;
  readonly config: DitConfig;
  /** N, by the plan's {@link ParameterSet}. */
  readonly parameters: Parameters;
  readonly steps: number;
  readonly samples: number;
  /** D, by the tokens of the plan's convention. */
  readonly tokens: Tokens;
  /** steps · batch · FLOPs per sample. */
  readonly compute: Flops;
  /** compute / budget − 1, which rounding to whole steps makes. */
  readonly computeError: number;
  /** 6·N·D beside it. */
  readonly sixND: Flops;
}

/** A run that does not fit its budget. */
export interface RefusedRun {
  readonly budget: Flops;
  readonly name: string;
  readonly reason: "too-few-steps";
  /** Steps the budget would pay for, not rounded. */
  readonly steps: number;
}

/** An isoFLOP grid, with what its axes mean. */
export interface Plan {
  readonly convention: Convention;
  readonly n: ParameterSet;
  readonly batch: number;
  readonly runs: readonly PlannedRun[];
  readonly refused: readonly RefusedRun[];
}

/**
 * Steps, samples and tokens of every model at every budget, to the nearest whole step.
 * @throws FlopsError if a budget, a config, the batch or the convention is wrong, or the convention has no FLOPs.
 */
export const planIsoFlop = (options: PlanOptions): Plan => {
  onlyKeys("plan", "the plan", options, ["budgets", "models", "batch", "convention", "n", "minSteps"]);
  const { budgets, models, batch, convention = conventions.exact, minSteps = 1 } = options;
  const n = oneOf("plan", "n", options.n ?? "trainable", parameterSets);
  integer("plan", "batch", batch);
  integer("plan", "minSteps", minSteps);
  if (!Array.isArray(budgets)) {
    throw new FlopsError("plan", `budgets is ${shown(budgets)}; it must be an array of budgets in FLOPs.`);
  }
  if (budgets.length === 0) throw new FlopsError("plan", "budgets is empty; it needs at least one budget in FLOPs.");
  const runs: PlannedRun[] = [];
  const refused: RefusedRun[] = [];
  for (const [i, budget] of budgets.entries()) {
    positive("plan", `budgets[${i}]`, budget);
    for (const { name, config } of typeof models === "function" ? models(budget) : models) {
      const perStep = batch * flops(training(config, convention).total);
      const steps = Math.round(budget / perStep);
      if (steps < minSteps) {
        refused.push({ budget, name, reason: "too-few-steps", steps: budget / perStep });
        continue;
      }
      const samples = steps * batch;
      const tokens = samples * tokensPerSample(config, convention.tokens);
      const size = parameters(config)[n];
      const compute = steps * perStep;
      runs.push({
        budget,
        name,
        config,
        parameters: size,
        steps,
        samples,
        tokens,
        compute,
        computeError: compute / budget - 1,
        sixND: 6 * size * tokens,
      });
    }
  }
  return { convention, n, batch, runs, refused };
};

/**
 * The models whose N lies within a factor of `centre`: off-centre grids shift the vertex of a parabola.
 * @throws FlopsError("plan") unless `factor` is above 1.
 */
export const within = (
  models: readonly NamedConfig[],
  centre: Parameters,
  factor: number,
  n: ParameterSet = "trainable",
): readonly NamedConfig[] => {
  positive("plan", "centre", centre);
  oneOf("plan", "n", n, parameterSets);
  if (!(factor > 1)) throw new FlopsError("plan", `factor is ${shown(factor)}; it must be above 1.`);
  return models.filter(({ config }) => Math.abs(Math.log(parameters(config)[n] / centre)) <= Math.log(factor));
};

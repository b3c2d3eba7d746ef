import {
  type Convention,
  conventions,
  type DitConfig,
  type Flops,
  flops,
  type NamedConfig,
  type Parameters,
  parameters,
  type Tokens,
  tokensPerSample,
  training,
} from "@isoflop/flops";
import { SweepError } from "./errors.js";
import { type RunSpec, type RunSpecInput, runId, runSpec } from "./spec.js";

export interface GridOptions {
  /** Compute budgets in FLOPs. */
  readonly budgets: readonly Flops[];
  /** The same models at every budget, or those that suit each. */
  readonly sizes: readonly NamedConfig[] | ((budget: Flops) => readonly NamedConfig[]);
  /** Everything the runs have in common. */
  readonly base: Omit<RunSpecInput, "model" | "steps" | "budget" | "batch">;
  /** Images per step: one number, or one per budget. Never one per size, which would confound the law. */
  readonly batch: number | ((budget: Flops) => number);
  /** Peak learning rate by one rule for all sizes. Default: that of `base`. */
  readonly learningRate?: (model: DitConfig) => number;
  /** How a step's FLOPs are counted. Default `conventions.exact`. */
  readonly convention?: Convention;
}

/** A run of the grid with its place on the axes. */
export interface GridRun {
  readonly id: string;
  readonly name: string;
  readonly spec: RunSpec;
  /** Trainable parameters. */
  readonly params: Parameters;
  /** Parameters that take part in products: without look-up tables and learned positions. */
  readonly paramsNonEmbedding: Parameters;
  readonly samples: number;
  /** Image tokens seen. */
  readonly tokens: Tokens;
  /** What the steps spend. */
  readonly flops: Flops;
  /** flops / budget − 1: what rounding to whole steps makes. */
  readonly roundingError: number;
}

/** FLOPs of one training step. */
export const stepFlops = (model: DitConfig, batch: number, convention: Convention = conventions.exact): Flops =>
  batch * flops(training(model, convention).total);

/** Where a run lies on the axes of its laws. */
export const placeOf = (spec: RunSpec, convention?: Convention): Omit<GridRun, "id" | "name" | "spec"> => {
  const samples = spec.steps * spec.batch;
  const spent = spec.steps * stepFlops(spec.model, spec.batch, convention);
  const { trainable, nonEmbedding } = parameters(spec.model);
  return {
    params: trainable,
    paramsNonEmbedding: nonEmbedding,
    samples,
    tokens: samples * tokensPerSample(spec.model),
    flops: spent,
    roundingError: spent / spec.budget - 1,
  };
};

/** Whole steps nearest to a budget. @throws SweepError `plan` if not even one step fits */
export const stepsFor = (budget: Flops, perStep: Flops, name: string): number => {
  if (!(Number.isFinite(budget) && budget > 0))
    throw new SweepError("plan", `budget is ${budget}; it must be a finite number of FLOPs above 0`);
  const steps = Math.round(budget / perStep);
  if (budget < perStep)
    throw new SweepError(
      "plan",
      `budget ${budget.toExponential()} is too small for one step of ${name}, which takes ${perStep.toExponential(3)} FLOPs; raise the budget, or use a smaller model or batch`,
    );
  return steps;
};

/**
 * The runs of an isoFLOP study: every size at every budget, with as many steps as the budget pays for.
 * @throws SweepError `plan` for a budget too small for one step, or nothing to run
 * @throws TrainError `spec` for a wrong field of `base`
 */
export const isoFlopGrid = (options: GridOptions): readonly GridRun[] => {
  const { budgets, sizes, base, batch, learningRate, convention } = options;
  const runs = budgets.flatMap((budget) => {
    const images = typeof batch === "function" ? batch(budget) : batch;
    return (typeof sizes === "function" ? sizes(budget) : sizes).map(({ name, config }): GridRun => {
      const steps = stepsFor(budget, stepFlops(config, images, convention), name);
      const optimizer = { ...base.optimizer, ...(learningRate && { learningRate: learningRate(config) }) };
      const spec = runSpec({ ...base, optimizer, model: config, batch: images, budget, steps });
      return { id: runId(spec), name, spec, ...placeOf(spec, convention) };
    });
  });
  if (runs.length === 0) throw new SweepError("plan", "the grid is empty; it needs at least one budget and one size");
  return runs;
};

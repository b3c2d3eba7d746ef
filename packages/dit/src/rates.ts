import { type DitConfig, resolve } from "@isoflop/flops";
import { must } from "./errors.js";
import { grows, widthRatio } from "./mu-p.js";
import { specsOf } from "./network.js";
import { namedSpecs, type Spec } from "./spec.js";

/** What an optimizer's learning rate and decoupled weight decay are multiplied by for one parameter. */
export interface ParameterRate {
  /** As in a parameter group of PyTorch: decoupled weight decay, which goes by the learning rate, is multiplied too. */
  readonly learningRate: number;
  readonly weightDecay: number;
}

const optimizers = ["adam", "sgd"] as const;

/** Optimizers by how their steps follow the width: those that normalise gradients entry by entry, as AdamW, and those that follow them. */
export type OptimizerFamily = (typeof optimizers)[number];

/** The learning rate's factor (arXiv 2203.03466, table 3): of fan-in and fan-out, what grows. */
const rateOf = (spec: Spec, base: Spec, ratio: number, optimizer: OptimizerFamily): number => {
  const { role } = spec;
  if (role === "output") return 1 / ratio;
  if (role === "hidden") return optimizer === "adam" ? 1 / ratio : 1;
  return optimizer === "sgd" && grows(spec, base) ? ratio : 1;
};

/**
 * What muP multiplies the rates of each parameter by, under its name: 1 everywhere under the standard parameterization and at the base width.
 * Weights that decay by learning rate × weight decay per step decay at every width as fast as in the base model: the second factor undoes
 * the first (`microsoft/mup: optim.py`).
 * @throws FlopsError("config"), DitError("config") for a wrong config, or an optimizer of no family
 */
export const parameterRates = (
  config: DitConfig,
  optimizer: OptimizerFamily = "adam",
): Readonly<Record<string, ParameterRate>> => {
  const known = optimizers.includes(optimizer);
  must(known, "config", `optimizer is ${JSON.stringify(optimizer)}; it must be one of "adam", "sgd".`);
  const resolved = resolve(config);
  const { parameterization } = resolved;
  const bases = namedSpecs(specsOf(parameterization.kind === "muP" ? parameterization.base : resolved));
  const ratio = widthRatio(resolved);
  const rates = namedSpecs(specsOf(resolved)).map(([name, spec], i) => {
    const learningRate = rateOf(spec, bases[i]![1], ratio, optimizer);
    return [name, { learningRate, weightDecay: 1 / learningRate }] as const;
  });
  return Object.fromEntries(rates);
};

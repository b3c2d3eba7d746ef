import { equal, mean, select, type Tensor } from "@isoflop/tensor";
import { numbers, tensors } from "../arithmetic.js";
import type { Objective } from "../objective.js";
import type { DiscretePath } from "../paths/discrete.js";
import { combinationAt, mixture, type Prediction, told } from "../prediction.js";
import { discretizedGaussianLogLikelihood } from "./discretized-gaussian.js";
import { excess } from "./gaussian-kl.js";
import { posterior } from "./posterior.js";
import { atSteps } from "./step-table.js";

/** What a network said, by how far it is from what it should have said. */
export interface StepError {
  /** Data, in -1..1 where they are bytes, [n, ...]. */
  readonly x: Tensor;
  /** The prediction less its target, of x's shape, as the loss measures it. */
  readonly error: Tensor;
  /** Where between the smallest and the largest the log-variance lies, -1 to 1: of a network that learns it. */
  readonly range: Tensor | undefined;
  /** [n]. */
  readonly t: Tensor;
}

/** What an error of 1 is in the data, of a prediction as it is measured: times -sigma where it is infinite at t = 0. */
const toDataAt = (path: DiscretePath, prediction: Prediction, index: number): number => {
  const t = (index + 1) / path.steps;
  const c = path.at(t);
  const { ofValue } = combinationAt(path, prediction, "data", t) as { readonly ofValue: number };
  return mixture(numbers, c, prediction).unscaled ? ofValue / -(c.sigma as number) : ofValue;
};

const names = ["precision", "gap", "first"] as const;

/**
 * One step's term of the variational bound of each sample, [n], in bits per dimension: the divergence of the network's step from the posterior,
 * and at index 0 the negative log-likelihood of the data (Ho et al., arXiv 2006.11239, equation 5; the variance is that of 2102.09672, equation
 * 15, where it is learned). All is in the error of what the network gives: nothing is converted, so nothing cancels.
 * @throws DiffusionError("option") unless the path has steps and is on a device, ("singular") for a prediction that gives no data at some step
 */
export const boundTerm = (
  { path, prediction, variance = "fixedLarge" }: Objective,
  { x, error, range, t }: StepError,
): Tensor => {
  const { add, mul, exp } = tensors;
  const key = `${told(prediction)}, ${variance}`;
  const rowOf = (index: number) => {
    const process = path as DiscretePath;
    const { ofData, logVariance, logBeta, logVarianceLarge } = posterior(process, index);
    const toData = toDataAt(process, prediction, index);
    // By how much, in logarithms, the model's variance may lie above the posterior's.
    const most = { learnedRange: logBeta, fixedLarge: logVarianceLarge, fixedSmall: logVariance }[variance];
    return {
      precision: (ofData * toData) ** 2 * Math.exp(-logVariance),
      gap: most - logVariance,
      first: index === 0 ? 1 : 0,
    };
  };
  const { precision, gap, first } = atSteps(path, key, names, rowOf, t, x);
  const excessVariance = range ? mul(gap, mul(add(range, 1), 0.5)) : gap;
  const apart = mul(mul(mul(error, error), precision), exp(mul(excessVariance, -1)));
  const divergence = mul(add(excess(tensors, excessVariance), apart), 0.5);
  // The decoder is asked with no error away from its step, where it counts for nothing, so that no gradient overflows there.
  const process = path as DiscretePath;
  const decoded = {
    mean: add(x, mul(mul(error, first), toDataAt(process, prediction, 0))),
    logScale: mul(add(mul(excessVariance, first), posterior(process, 0).logVariance), 0.5),
  };
  const likelihood = mul(discretizedGaussianLogLikelihood(tensors, x, decoded), -1);
  const rest = x.shape.slice(1).map((_, axis) => axis + 1);
  const term = select(equal(first, 1), likelihood, divergence);
  return mul(mean(term, rest) as Tensor, 1 / Math.LN2);
};

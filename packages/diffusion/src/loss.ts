import { only } from "@isoflop/spec";
import { mean, square, stopGradient, sub, type Tensor } from "@isoflop/tensor";
import { tensors } from "./arithmetic.js";
import { check, checkNetwork, checkPrediction, checkTensor } from "./checks.js";
import { halves } from "./course.js";
import { boundTerm } from "./ddpm/bound-term.js";
import { boundOnly, type Denoiser, type Objective, objectives, weightIn } from "./objective.js";
import { besideBatch, mixed } from "./path.js";
import type { DiscretePath } from "./paths/discrete.js";
import { mixture, target } from "./prediction.js";

/** One batch to learn from: data and noise [n, ...], times [n]. */
export interface LossInputs {
  readonly x: Tensor;
  readonly noise: Tensor;
  readonly t: Tensor;
}

/** What a loss is made of, of each sample, [n]. */
export interface LossTerms {
  readonly loss: Tensor;
  /** The weighted squared error; absent where only the bound counts. */
  readonly squares?: Tensor;
  /** One step's term of DDPM's bound, in bits per dimension, before it is rescaled; absent where it does not count. */
  readonly bound?: Tensor;
}

/** As many of a bound's terms as count. */
const rescaled = (bound: Tensor, { loss: kind, path }: Objective): Tensor => {
  const { steps } = path as DiscretePath;
  const factor = kind === "rescaledKl" ? steps : kind === "rescaledMse" ? steps / 1000 : 1;
  return factor === 1 ? bound : tensors.mul(bound, factor);
};

/**
 * {@link loss}, with what it is made of.
 * @throws DiffusionError as {@link loss}
 */
export const lossTerms = (aim: Objective, model: Denoiser, inputs: LossInputs): LossTerms => {
  check(objectives, aim, "loss");
  checkNetwork("loss", model);
  check(only(["x", "noise", "t"]), inputs, "loss: the batch");
  const { x, noise, t } = inputs;
  checkTensor("x is", x);
  checkTensor("noise is", noise, x);
  const { path, prediction, variance } = aim;
  const c = path.at(besideBatch(t, x));
  const said = model(mixed(c, x, noise), t);
  const { value, range } = variance === "learnedRange" ? halves(said, x) : { value: said, range: undefined };
  checkPrediction(value, x);
  const wanted = mixture(tensors, c, prediction);
  const given = wanted.unscaled ? tensors.mul(value, tensors.mul(c.sigma, -1)) : value;
  const error = sub(given, target(tensors, wanted, x, noise));
  if (boundOnly(aim.loss)) {
    const bound = boundTerm(aim, { x, error, range, t });
    return { loss: rescaled(bound, aim), bound };
  }
  const errors = square(error);
  const weight = weightIn(tensors, c, aim, prediction, true);
  const rest = x.shape.slice(1).map((_, axis) => axis + 1);
  const squares = mean(weight === 1 ? errors : tensors.mul(errors, weight), rest) as Tensor;
  if (!range) return { loss: squares, squares };
  const bound = boundTerm(aim, { x, error: stopGradient(error), range, t });
  return { loss: tensors.add(squares, rescaled(bound, aim)), squares, bound };
};

/**
 * The loss of each sample, [n]: the weighted squared error, averaged over all axes but the first. It is measured on what the
 * network gives, and all else is in its weight: no prediction is converted. At t = 0 and 1 it is its limit, Infinity where
 * the weight's is. A learned variance adds a term of DDPM's bound, and an objective's `loss` may be the bound alone: see {@link lossTerms}.
 * @throws DiffusionError("shape") naming the operand, its shape and dtype and what would fit, ("option") for a prediction of another name, or
 * a bound on a path without steps
 */
export const loss = (aim: Objective, model: Denoiser, inputs: LossInputs): Tensor => lossTerms(aim, model, inputs).loss;

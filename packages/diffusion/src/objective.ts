import { mean, square, sub, type Tensor } from "@isoflop/tensor";
import type { Arithmetic } from "./arithmetic.js";
import { numbers, tensors } from "./arithmetic.js";
import { logitNormal, type TimestepDensity } from "./density.js";
import { DiffusionError, shown } from "./errors.js";
import { besideBatch, type Coefficients, interpolate, linearPath, type Path } from "./path.js";
import { convertWith, determinant, type Prediction, target } from "./prediction.js";
import { unweighted, type Weighting } from "./weighting.js";

/** What a network is trained to do: four independent choices, and the space its error is measured in. */
export interface Objective {
  readonly path: Path;
  /** What the network's output means. */
  readonly prediction: Prediction;
  /** The prediction whose squared error is the loss. */
  readonly errorIn: Prediction;
  readonly weighting: Weighting;
  readonly density: TimestepDensity;
}

/** A network with its parameters and condition inside: x [n, ...] and t [n] to a prediction of x's shape. */
export type Denoiser = (x: Tensor, t: Tensor) => Tensor;

/** `errorIn` is the prediction unless told, `weighting` none. */
export const objective = ({
  path,
  prediction,
  errorIn = prediction,
  weighting = unweighted(),
  density,
}: Pick<Objective, "path" | "prediction" | "density"> & Partial<Objective>): Objective => ({
  ...{ path, prediction, errorIn, weighting, density },
});

/** Linear path, velocity, no weighting, logit-normal times (arXiv 2403.03206, and the choice of 2410.08184). */
export const rectifiedFlow = ({ density = logitNormal() }: { readonly density?: TimestepDensity } = {}): Objective =>
  objective({ path: linearPath(), prediction: "velocity", density });

/** The weighting carried over from the space it is stated in to another. */
const weightIn = <T>(
  m: Arithmetic<T>,
  c: Coefficients<T>,
  { on, weight }: Weighting,
  space: Prediction,
): T | number => {
  const own = weight(m, c);
  if (on === undefined || on === space) return own;
  // At fixed x_t an error of `on` is (determinant of `on` / determinant of `space`) times one of `space`.
  const ratio = m.div(determinant(m, c, on), determinant(m, c, space));
  return m.mul(own, m.mul(ratio, ratio));
};

/** One batch to learn from: data and noise [n, ...], times [n]. */
export interface Batch {
  readonly x: Tensor;
  readonly noise: Tensor;
  readonly t: Tensor;
}

/**
 * The loss of each sample, [n]: the weighted squared error, averaged over all axes but the first.
 * @throws DiffusionError("shape") naming the operand, its shape and what would fit
 */
export const loss = (
  { path, prediction, errorIn, weighting }: Objective,
  model: Denoiser,
  { x, noise, t }: Batch,
): Tensor => {
  if (noise.shape.join() !== x.shape.join())
    throw new DiffusionError("shape", `noise is ${shown(noise.shape)}; x is ${shown(x.shape)} and takes the same.`);
  const c = path.at(besideBatch(t, x));
  const noisy = interpolate(path, x, noise, t);
  const output = model(noisy, t);
  if (output.shape.join() !== x.shape.join())
    throw new DiffusionError(
      "shape",
      `the model gives ${shown(output.shape)} for x ${shown(x.shape)}; a prediction has the shape of x.`,
    );
  const given = convertWith(tensors, c, prediction, errorIn, output, noisy);
  const errors = square(sub(given, target(tensors, c, errorIn, x, noise)));
  const weight = weightIn(tensors, c, weighting, errorIn);
  const rest = x.shape.slice(1).map((_, axis) => axis + 1);
  return mean(weight === 1 ? errors : tensors.mul(errors, weight), rest) as Tensor;
};

/**
 * weight(t) · pdf(t) on the squared error of one prediction (the measured one unless told): only this product decides what is learnt.
 */
export const effectiveWeight = (
  { path, weighting, errorIn, density }: Objective,
  t: number,
  space: Prediction = errorIn,
): number => {
  const stated: Weighting = weighting.on === undefined ? { ...weighting, on: errorIn } : weighting;
  return (weightIn(numbers, path.at(t), stated, space) as number) * density.pdf(t);
};

import { TensorError } from "../errors.js";
import type { Tensor } from "../graph/tensor.js";
import { resolveAxes, sizeAlong } from "../shape.js";
import { checkFinite, checkFloats, checkOptions, checkTensor } from "./arguments.js";
import { mul, sub } from "./arithmetic.js";
import { sum } from "./broadcast-and-sum.js";
import { equal } from "./comparison.js";
import { type ReduceOptions, type Reduction, reducing } from "./reduce.js";
import { sqrt } from "./roots.js";
import { select } from "./select.js";

/** A mean of integers is no integer. */
const checkFloat = (name: string, x: Tensor): void => {
  checkTensor(name, x);
  checkFloats(name, [x]);
};

const countOver = (x: Tensor, axes: readonly number[]): number =>
  axes.reduce((n, axis) => n * sizeAlong(x.shape, axis), 1);

/** Root of a sum of squares. Its gradient where all are 0 is 0, as that of `abs`: the root's alone would be infinite and meet a 0. */
const rootOfSquares = (total: Tensor): Tensor => {
  const none = equal(total, 0);
  return select(none, 0, sqrt(select(none, 1, total)));
};

/** Mean over `axes` (all unless told) of f32. */
export const mean: Reduction = reducing((x, axes, options = {}) => {
  checkFloat("mean", x);
  checkOptions("mean", options, ["keepDims"]);
  const resolved = resolveAxes("mean", axes, x.rank);
  return mul(sum(x, resolved, options), 1 / countOver(x, resolved));
});

export interface VarianceOptions<K extends boolean> extends ReduceOptions<K> {
  /** Subtracted from the count: 0 (default) for the biased estimate, 1 for the unbiased one. */
  readonly correction?: number;
}

/** Variance over `axes` (all unless told), biased unless `correction` says otherwise. */
export const variance: Reduction<VarianceOptions<boolean>> = reducing<VarianceOptions<boolean>>(
  (x, axes, options = {}) => {
    checkFloat("variance", x);
    checkOptions("variance", options, ["keepDims", "correction"]);
    const { correction = 0, ...rest } = options;
    checkFinite("variance", "correction", correction, 0);
    const resolved = resolveAxes("variance", axes, x.rank);
    const n = countOver(x, resolved);
    if (n <= correction)
      throw new TensorError(
        "shape",
        `variance: ${n} elements with correction ${correction} leave nothing to divide by`,
      );
    const centred = sub(x, mean(x, resolved, { keepDims: true }));
    return mul(sum(mul(centred, centred), resolved, rest), 1 / (n - correction));
  },
);

/** Square root of the variance. Its gradient where that is 0 is 0. */
export const standardDeviation: Reduction<VarianceOptions<boolean>> = reducing<VarianceOptions<boolean>>(
  (x, axes, options) => rootOfSquares(variance(x, axes, options)),
);

/** Euclidean norm of all elements of f32. Its gradient at 0 is 0. */
export const norm = (x: Tensor): Tensor<[]> => {
  checkFloat("norm", x);
  return rootOfSquares(sum(mul(x, x))) as Tensor<[]>;
};

import { arange, random, type Tensor } from "@isoflop/tensor";
import type { TimestepDensity } from "./density.js";
import { DiffusionError } from "./errors.js";

const checkCount = (n: number): void => {
  if (!Number.isSafeInteger(n) || n < 1)
    throw new DiffusionError("option", `stratified: n is ${n}; it must be a whole number of at least 1.`);
};

/** Keeps u off 0, where quantiles end; half the step of `random.uniform`. */
const half = 2 ** -25;

/**
 * n times, one drawn from each of n equally likely parts of the density, rising: [n]. The loss of a batch then varies far less with its
 * times, and each time alone still has the density over the batch.
 * @throws DiffusionError("option") unless n >= 1
 */
export const stratified = (density: TimestepDensity, n: number, key: random.Key): Tensor => {
  checkCount(n);
  const within = random.uniform(key, [n]).add(half);
  return density.quantile(arange(n, "f32").add(within).div(n) as Tensor);
};

/** n independent times [n]. @throws DiffusionError("option") unless n >= 1 */
export const draws = (density: TimestepDensity, n: number, key: random.Key): Tensor => {
  checkCount(n);
  return density.quantile(random.uniform(key, [n]).add(half) as Tensor);
};

/**
 * The quantiles (i + offset) / n as numbers: the same fixed times for every model that is to be compared.
 * @throws DiffusionError("option") unless n >= 1 and 0 <= offset <= 1
 */
export const quantiles = (density: TimestepDensity, n: number, offset = 0.5): number[] => {
  checkCount(n);
  if (!(offset >= 0 && offset <= 1))
    throw new DiffusionError("option", `quantiles: offset is ${offset}; it must lie in 0..1.`);
  return Array.from({ length: n }, (_, i) => density.quantile((i + offset) / n));
};

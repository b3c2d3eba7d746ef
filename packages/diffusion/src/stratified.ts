import { arange, random, type Tensor } from "@isoflop/tensor";
import { tensors } from "./arithmetic.js";
import { check, checkDensity, count, unit } from "./checks.js";
import type { TimestepDensity } from "./density.js";

/** Half the step of `random.uniform`: takes its draws from [0, 1) to the middles of their steps. */
const half = 2 ** -25;

/** The smallest normal number of f32 above 0, and the largest below 1. */
const [least, most] = [2 ** -126, 1 - 2 ** -24];

/**
 * The times below which shares u of all draws fall, within (0, 1) to the last bit: rounding alone takes a u or a time within 2^-25 of
 * an end onto it, where weights may be infinite. It is put back by one step of f32, 2^-24 near 1.
 */
export const within = (density: TimestepDensity, u: Tensor): Tensor => {
  const { min, max } = tensors;
  return max(min(density.quantile(min(u, most)) as Tensor, most), least);
};

/**
 * n times, one drawn from each of n equally likely parts of the density, rising: [n]. The loss of a batch then varies far less with its
 * times, and each time alone still has the density over the batch. All lie within (0, 1), 2^-126 to 1 - 2^-24.
 * @throws DiffusionError("option") unless n >= 1
 */
export const stratified = (density: TimestepDensity, n: number, key: random.Key): Tensor => {
  checkDensity("stratified", density);
  check(count, n, "stratified: n");
  return within(
    density,
    arange(n, "f32")
      .add(random.uniform(key, [n]).add(half))
      .div(n),
  );
};

/**
 * n independent times [n], within (0, 1) as those of {@link stratified}: no share u is off by more than 2^-24.
 * @throws DiffusionError("option") unless n >= 1
 */
export const draws = (density: TimestepDensity, n: number, key: random.Key): Tensor => {
  checkDensity("draws", density);
  check(count, n, "draws: n");
  return within(density, random.uniform(key, [n]).add(half));
};

/**
 * The quantiles (i + offset) / n as numbers: the same fixed times for every model that is to be compared. All but the end itself, at
 * offset 0 or 1, lie within (0, 1) in f32 too.
 * @throws DiffusionError("option") unless n >= 1 and 0 <= offset <= 1
 */
export const quantiles = (density: TimestepDensity, n: number, offset = 0.5): number[] => {
  checkDensity("quantiles", density);
  check(count, n, "quantiles: n");
  check(unit, offset, "quantiles: offset");
  return Array.from({ length: n }, (_, i) => {
    const u = (i + offset) / n;
    return u === 0 || u === 1 ? u : Math.max(Math.min(density.quantile(u), most), least);
  });
};

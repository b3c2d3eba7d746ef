import { normals, random } from "../math/random.js";
import type { Run } from "../types.js";

/** Residuals as they would be if the form were right, of one draw. */
export type Noise = (seed: number, draw: number) => Float64Array;

/** Normal noise, alike for all runs. Its size is of no matter where the yardstick is drawn with it. */
export const normalNoise =
  (points: number): Noise =>
  (seed, draw) => {
    const normal = normals(random(seed, draw));
    return Float64Array.from({ length: points }, normal);
  };

/**
 * The residuals with random signs, each over 1 − its leverage, as they are smaller than the noise where a run holds the fit: the wild
 * bootstrap with Rademacher's two points, which keeps the noise of every run its own (Davidson & Flachaire 2008).
 * @param clusters runs of one number have one sign
 */
export const signFlips = (
  residuals: Float64Array,
  spanned: readonly Float64Array[],
  clusters: Int32Array = Int32Array.from(residuals.keys()),
): Noise => {
  const sizes = residuals.map((residual, i) => {
    const left = 1 - spanned.reduce((s, unit) => s + unit[i]! ** 2, 0);
    return left > ALL_LEVERAGE ? residual / left : 0;
  });
  const count = clusters.reduce((most, c) => Math.max(most, c + 1), 0);
  return (seed, draw) => {
    const uniform = random(seed, draw);
    const signs = Float64Array.from({ length: count }, () => (uniform() < 0.5 ? -1 : 1));
    return sizes.map((size, i) => signs[clusters[i]!]! * size);
  };
};

/** Runs of one name by one number. */
export const clustersOf = (runs: readonly Run[], cluster: (run: Run) => string): Int32Array => {
  const names = new Map<string, number>();
  return Int32Array.from(runs, (run) => {
    const name = cluster(run);
    const number = names.get(name) ?? names.size;
    names.set(name, number);
    return number;
  });
};

/** A run that the fit goes through whatever it is has no residual to draw. */
const ALL_LEVERAGE = 1e-6;

/** Runs of one size and tokens, by their indices, and the degrees of freedom that they leave. */
export interface Replicates {
  readonly groups: readonly (readonly number[])[];
  readonly freedom: number;
}

/** Fewer degrees of freedom are a poorer yardstick than the residuals. */
const FEWEST = 6;

/** Repeated runs, where they are enough to measure the noise by and do differ. */
export const replicatesOf = (runs: readonly Run[]): Replicates | undefined => {
  const all = new Map<string, number[]>();
  for (const [i, run] of runs.entries()) {
    const key = `${run.N}|${run.D}`;
    const group = all.get(key);
    if (group) group.push(i);
    else all.set(key, [i]);
  }
  const groups = [...all.values()].filter((group) => group.some((i) => runs[i]!.loss !== runs[group[0]!]!.loss));
  const freedom = groups.reduce((s, group) => s + group.length - 1, 0);
  return freedom >= FEWEST ? { groups, freedom } : undefined;
};

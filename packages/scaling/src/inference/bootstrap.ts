import { mean, sampleStandardDeviation } from "simple-statistics";
import { badOption, ScalingError, throwIfAborted } from "../errors.js";
import { normalCdf, normalQuantile } from "../math/distributions.js";
import { ascending, quantileSorted } from "../math/quantile.js";
import { type Random, random } from "../math/random.js";
import type { bootstrapEstimate, Read } from "../records/fields.js";

export interface BootstrapOptions {
  /** Default 1000. */
  readonly resamples?: number | undefined;
  /** Resample i uses stream i of this seed, so results do not depend on how the work is split. Default 0. */
  readonly seed?: number | undefined;
  readonly interval?: IntervalKind | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, of: number) => void) | undefined;
}

/** A bootstrapped number. */
export interface BootstrapEstimate extends Read<typeof bootstrapEstimate> {}
export type IntervalKind = BootstrapEstimate["method"];

/** The statistic on every resample that gave one. */
export interface Draws {
  readonly values: readonly (readonly number[])[];
  /** Resamples whose fit refused. */
  readonly failed: number;
}

/** Progress and abort are looked at this often. */
const CHUNK = 16;

/** A vector of statistics on one resample, drawn by `uniform`; undefined where its fit refused. */
export type ResampledStatistic = (uniform: Random, resample: number) => readonly number[] | undefined;

/** Computes a vector of statistics on seeded resamples. */
export const bootstrap = (statistic: ResampledStatistic, options: BootstrapOptions = {}): Draws => {
  const chunks = drawn(statistic, options);
  for (;;) {
    const { done, value } = chunks.next();
    if (done) return value;
  }
};

/** As {@link bootstrap}, returning to the event loop between chunks, so that a page stays alive and an abort arrives. */
export const bootstrapAsync = async (statistic: ResampledStatistic, options: BootstrapOptions = {}): Promise<Draws> => {
  const chunks = drawn(statistic, options);
  for (;;) {
    const { done, value } = chunks.next();
    if (done) return value;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
};

/** Draws a chunk at a time, as it is asked for them. */
function* drawn(
  statistic: ResampledStatistic,
  { resamples = 1000, seed = 0, signal, onProgress }: BootstrapOptions,
): Generator<undefined, Draws> {
  if (!(Number.isInteger(resamples) && resamples > 0))
    throw badOption("resamples", resamples, "a positive whole number");
  throwIfAborted(signal, "the bootstrap");
  const values: (readonly number[])[] = [];
  for (let i = 0; i < resamples; i++) {
    if (i > 0 && i % CHUNK === 0) {
      onProgress?.(i, resamples);
      yield;
      throwIfAborted(signal, "the bootstrap");
    }
    const value = statistic(random(seed, i), i);
    if (value?.every(Number.isFinite)) values.push(value);
  }
  onProgress?.(resamples, resamples);
  return { values, failed: resamples - values.length };
}

/**
 * Interval and standard error of one component of the draws.
 * @param jackknife leave-one-out values; needed for `bca` (Efron 1987), which then corrects bias and skew.
 */
export const summarise = (
  draws: readonly number[],
  value: number,
  interval: IntervalKind = "percentile",
  jackknife?: readonly number[],
): BootstrapEstimate => {
  const sorted = ascending(draws);
  const [low, high] = interval === "bca" ? bcaLevels(sorted, value, jackknife) : [0.025, 0.975];
  return {
    value,
    median: quantileSorted(sorted, 0.5),
    standardError: sorted.length > 1 ? sampleStandardDeviation(sorted) : Number.NaN,
    ci95: [quantileSorted(sorted, low), quantileSorted(sorted, high)],
    method: interval,
  };
};

const bcaLevels = (
  sorted: readonly number[],
  value: number,
  jackknife: readonly number[] | undefined,
): [number, number] => {
  if (!jackknife || jackknife.length < 2) {
    throw new ScalingError("bad-option", "a BCa interval needs the leave-one-out values for its acceleration");
  }
  const below = sorted.filter((v) => v < value).length + sorted.filter((v) => v === value).length / 2;
  const share = Math.min(1 - 0.5 / sorted.length, Math.max(0.5 / sorted.length, below / sorted.length));
  const z0 = normalQuantile(share);
  const centre = mean([...jackknife]);
  const squares = jackknife.reduce((s, v) => s + (centre - v) ** 2, 0);
  const cubes = jackknife.reduce((s, v) => s + (centre - v) ** 3, 0);
  const acceleration = squares > 0 ? cubes / (6 * squares ** 1.5) : 0;
  const level = (p: number) => {
    const z = z0 + normalQuantile(p);
    return normalCdf(z0 + z / (1 - acceleration * z));
  };
  return [level(0.025), level(0.975)];
};

/** Jackknife standard error √((n−1)/n Σ (θ₍ᵢ₎ − θ̄)²) of leave-one-out values. */
export const jackknifeStandardError = (leaveOneOut: readonly number[]): number => {
  const n = leaveOneOut.length;
  if (n < 2) return Number.NaN;
  const centre = mean([...leaveOneOut]);
  return Math.sqrt(((n - 1) / n) * leaveOneOut.reduce((s, v) => s + (v - centre) ** 2, 0));
};

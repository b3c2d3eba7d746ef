import type { TrainingCurve } from "../approach1/envelope.js";
import { positive, ScalingError } from "../errors.js";
import { extent } from "../math/extent.js";
import type { Loss } from "../types.js";

/** A curve of which the size need not be known; D may be any measure of progress that grows as the compute does. */
export type ProgressCurve = Omit<TrainingCurve, "N"> & Partial<Pick<TrainingCurve, "N">>;

/** Losses of all curves at the same shares of their training. */
export interface Nodes {
  /** Ascending, the last 1. */
  readonly x: readonly number[];
  /** By curve, and in each by x. */
  readonly losses: readonly (readonly Loss[])[];
  /** What each was trained for in all. */
  readonly totals: readonly number[];
}

interface Normalised {
  readonly x: readonly number[];
  readonly loss: readonly Loss[];
}

/** Places within this share of each other are one. */
const SAME = 0.02;

/**
 * The curves at common shares of their training. Curves that were looked at a few times, all at the same shares, keep those; of
 * others the losses about even shares are averaged by a line, which takes the noise of single steps out, or read between their points in log-log.
 * @param from smallest share; curves that begin later move it
 * @param count shares where they are even
 */
export const nodesOf = (curves: readonly ProgressCurve[], from: number, count: number): Nodes => {
  const totals = curves.map(({ points }, i) => {
    const last = points.at(-1);
    if (!last) throw new ScalingError("too-few-points", `curve ${i + 1} has no points`);
    return positive("D", last.D, i + 1);
  });
  const normalised = curves.map((curve, i) => normalise(curve, totals[i]!, i));
  const [, latest] = extent(normalised.map(({ x }) => x[0]!));
  const least = Math.max(from, latest);
  const x = commonShares(normalised, least, count) ?? evenShares(least, count);
  return { x, totals, losses: normalised.map((curve) => x.map((at, k) => lossAt(curve, at, halfWidth(x, k)))) };
};

const normalise = ({ points }: ProgressCurve, total: number, i: number): Normalised => {
  const sorted = [...points].sort((a, b) => a.D - b.D);
  for (const { D, loss } of sorted) {
    positive("D", D, i + 1);
    positive("loss", loss, i + 1);
  }
  return { x: sorted.map(({ D }) => D / total), loss: sorted.map(({ loss }) => loss) };
};

/** The shares at which every curve has a point, where that is nearly all there is of the one with fewest. */
const commonShares = (curves: readonly Normalised[], from: number, count: number): number[] | undefined => {
  const [fewest] = [...curves].sort((a, b) => a.x.length - b.x.length);
  const asked = fewest!.x.filter((x) => x >= from * (1 - SAME));
  const shared = asked.filter((x) => curves.every((curve) => curve.x.some((other) => Math.abs(other / x - 1) < SAME)));
  return asked.length <= count && shared.length === asked.length ? asked.with(-1, 1) : undefined;
};

const evenShares = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, k) => from + ((1 - from) * k) / (count - 1));

const halfWidth = (x: readonly number[], k: number): number =>
  Math.min(x[k]! - (x[k - 1] ?? Number.NEGATIVE_INFINITY), (x[k + 1] ?? Number.POSITIVE_INFINITY) - x[k]!) / 2;

/** As many points about a place are averaged. */
const CROWD = 4;

const lossAt = ({ x, loss }: Normalised, at: number, half: number): Loss => {
  const near = x.flatMap((value, i) => (Math.abs(value - at) <= half ? [i] : []));
  return near.length >= CROWD
    ? lineAt(
        near.map((i) => x[i]!),
        near.map((i) => loss[i]!),
        at,
      )
    : between(x, loss, at);
};

/** Value at a place of the line of least squares; of the mean where it would leave what it goes through. */
const lineAt = (x: readonly number[], y: readonly number[], at: number): number => {
  const n = x.length;
  const [mx, my] = [x, y].map((values) => values.reduce((s, v) => s + v, 0) / n) as [number, number];
  const sxx = x.reduce((s, v) => s + (v - mx) ** 2, 0);
  const slope = sxx > 0 ? x.reduce((s, v, i) => s + (v - mx) * (y[i]! - my), 0) / sxx : 0;
  const [low, high] = extent(y);
  return Math.min(high, Math.max(low, my + slope * (at - mx)));
};

const between = (x: readonly number[], y: readonly number[], at: number): number => {
  const next = x.findIndex((value) => value >= at * (1 - 1e-12));
  if (next <= 0) return y[Math.max(0, next)]!;
  const [a, b] = [next - 1, next];
  const share = Math.log(at / x[a]!) / Math.log(x[b]! / x[a]!);
  return Math.exp(Math.log(y[a]!) + share * Math.log(y[b]! / y[a]!));
};

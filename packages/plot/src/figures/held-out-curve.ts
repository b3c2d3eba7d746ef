import { extent, type Interval, type Loss, type Parameters, type Run, spaced, type Tokens } from "@isoflop/scaling";
import type { HeldOut } from "./laws.js";
import type { OptimumLaw } from "./optimum-law.js";

/** What was said of every size at a held-out compute, and what its runs came to. */
export interface HeldOutCurve {
  readonly C: number;
  /** Loss by size, with where a run falls at 95 %. */
  readonly foreseen: readonly { readonly N: Parameters; readonly value: Loss; readonly interval95?: Interval }[];
  /** What the compute leaves to a size. */
  readonly tokens: (N: Parameters) => Tokens;
  readonly runs: readonly Run[];
  /** Through the runs, where they have three sizes. */
  readonly parabola?: Parabola | undefined;
}

/** ln L as a parabola of ln N. */
export interface Parabola {
  at(N: Parameters): Loss;
  /** Of ln L in ln N; positive where there is a minimum. */
  readonly curvature: number;
  /** ln N of its minimum. */
  readonly vertex: number;
  /** Standard errors of both where ln L of every run has the standard deviation 1. */
  readonly errors: { readonly curvature: number; readonly vertex: number };
}

/** Sizes that are drawn beyond the smallest and the largest run, as a factor. */
const beyond = 1.3;
/** The curve is smooth, and each of its points asks every form with its errors. */
const steps = 15;

export const heldOutCurve = (checks: readonly HeldOut[], law: OptimumLaw): HeldOutCurve | undefined => {
  const [first] = checks;
  const runs = checks.flatMap((check) => check.runs);
  const sizes = [...checks.flatMap(({ N }) => N ?? []), ...runs.map(({ N }) => N)];
  if (!first || sizes.length === 0) return undefined;
  const { C } = first.prediction.given;
  const [low, high] = extent(sizes);
  const foreseen = spaced(low / beyond, high * beyond, steps).flatMap((N) => {
    const loss = law.lossOf(C, N);
    return loss ? [{ N, ...loss }] : [];
  });
  return { C, foreseen, tokens: (N) => law.tokensOf(C, N), runs, parabola: parabolaThrough(runs) };
};

/** By least squares, in polynomials that are orthogonal over the runs; undefined for fewer than three sizes. */
export const parabolaThrough = (runs: readonly Run[]): Parabola | undefined => {
  if (new Set(runs.map(({ N }) => N)).size < 3) return undefined;
  const [x, y] = [runs.map(({ N }) => Math.log(N)), runs.map(({ loss }) => Math.log(loss))];
  const mean = (values: readonly number[]) => values.reduce((s, v) => s + v, 0) / values.length;
  const [middle, level] = [mean(x), mean(y)];
  const first = x.map((v) => v - middle);
  const spread = sumOf(first, first);
  const tilt =
    sumOf(
      first,
      first.map((v) => v * v),
    ) / spread;
  const second = first.map((v) => v * v - tilt * v - spread / x.length);
  const bend = sumOf(second, second);
  const [slope, curve] = [sumOf(first, y) / spread, sumOf(second, y) / bend];
  return {
    at(N) {
      const d = Math.log(N) - middle;
      return Math.exp(level + slope * d + curve * (d * d - tilt * d - spread / x.length));
    },
    curvature: 2 * curve,
    vertex: middle + tilt / 2 - slope / (2 * curve),
    errors: {
      curvature: 2 / Math.sqrt(bend),
      vertex: Math.hypot(1 / (2 * curve * Math.sqrt(spread)), slope / (2 * curve ** 2 * Math.sqrt(bend))),
    },
  };
};

const sumOf = (a: readonly number[], b: readonly number[]): number => a.reduce((s, v, i) => s + v * b[i]!, 0);

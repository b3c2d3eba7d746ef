import { ScalingError } from "./errors.js";
import type { PowerLaw } from "./laws/power.js";
import { evaluateSaturating, type SaturatingLaw } from "./laws/saturating.js";
import { cholesky, type Matrix } from "./math/linear.js";
import { ascending, quantileSorted } from "./math/quantile.js";
import { normals, random } from "./math/random.js";
import { bisect } from "./math/search.js";
import { type Flops, type Interval, type Loss, type Outcome, refuse } from "./types.js";

export type LossLaw = PowerLaw | SaturatingLaw;

export interface CompareOptions {
  /** Budgets at which the laws are compared. */
  readonly at: readonly Flops[];
  /** Where a crossing is looked for. Default 10⁶ … 10³⁰ FLOPs. */
  readonly range?: readonly [Flops, Flops];
  /** Draws from the laws' uncertainty, 1 to 10⁶. Default 2000. */
  readonly draws?: number;
  readonly seed?: number;
}

export interface LawComparison {
  /** Compute at which the laws meet; refused when they do not meet in the range, or do so in fewer than half the draws. */
  readonly crossing: Outcome<{ readonly C: Flops; readonly ci95: Interval; readonly share: number }>;
  readonly at: readonly BudgetComparison[];
}

export interface BudgetComparison {
  readonly C: Flops;
  readonly a: Loss;
  readonly b: Loss;
  /** L_b − L_a with its interval: positive where a is better. */
  readonly difference: { readonly value: number; readonly ci95: Interval };
  /**
   * Compute b needs to reach what a reaches with C, over C: above one where a is better. Infinite when b never gets there.
   */
  readonly effectiveCompute: { readonly value: number; readonly ci95: Interval };
}

type Curve = (C: Flops) => Loss;

/** Quantiles of more are no better, and all are held at once. */
const MOST_DRAWS = 1e6;

/**
 * Two laws of the loss against compute: who is better where, by how much compute, and where they cross.
 * @throws ScalingError `bad-option` for a range or a number of draws that cannot be
 */
export const compareLaws = (a: LossLaw, b: LossLaw, options: CompareOptions): LawComparison => {
  const { range = [1e6, 1e30], draws = 2000, seed = 0 } = options;
  if (!(range[0] > 0 && range[1] > range[0])) {
    throw new ScalingError(
      "bad-option",
      `range is ${range.join(" … ")}; expected two positive numbers, the smaller first`,
    );
  }
  if (!(Number.isInteger(draws) && draws >= 1 && draws <= MOST_DRAWS))
    throw new ScalingError("bad-option", `draws is ${draws}; expected a whole number from 1 to ${MOST_DRAWS}`);
  const curveA = curveOf(a);
  const curveB = curveOf(b);
  const drawsA = drawCurves(a, draws, seed, 0);
  const drawsB = drawCurves(b, draws, seed, 1);
  return {
    crossing: crossingOf(curveA, curveB, drawsA, drawsB, range),
    at: options.at.map((C) => ({
      C,
      a: curveA(C),
      b: curveB(C),
      difference: {
        value: curveB(C) - curveA(C),
        ci95: interval(drawsA.map((f, i) => drawsB[i]!(C) - f(C))),
      },
      effectiveCompute: {
        value: computeRatio(curveA, curveB, C),
        ci95: interval(drawsA.map((f, i) => computeRatio(f, drawsB[i]!, C))),
      },
    })),
  };
};

const interval = (values: readonly number[]): Interval => {
  const sorted = ascending(values);
  // Interpolating between infinite draws would give NaN; order statistics do not.
  const at = (p: number) => {
    const v = quantileSorted(sorted, p);
    return Number.isNaN(v) ? sorted[Math.round(p * (sorted.length - 1))]! : v;
  };
  return [at(0.025), at(0.975)];
};

const REACH = Math.log(1e40);

const computeRatio = (a: Curve, b: Curve, C: Flops): number => {
  const target = a(C);
  const excess = (lnRatio: number) => target - b(C * Math.exp(lnRatio));
  if (excess(REACH) < 0) return Number.POSITIVE_INFINITY;
  if (excess(-REACH) > 0) return 0;
  return Math.exp(bisect(excess, -REACH, REACH));
};

const SCAN = 400;

const firstCrossing = (a: Curve, b: Curve, [low, high]: readonly [number, number]): Flops | undefined => {
  const gap = (lnC: number) => Math.log(a(Math.exp(lnC)) / b(Math.exp(lnC)));
  const from = Math.log(low);
  const width = (Math.log(high) - from) / SCAN;
  let left = gap(from);
  for (let i = 1; i <= SCAN; i++) {
    const right = gap(from + i * width);
    if (left !== 0 && left > 0 !== right > 0) return Math.exp(bisect(gap, from + (i - 1) * width, from + i * width));
    left = right;
  }
  return undefined;
};

const crossingOf = (
  a: Curve,
  b: Curve,
  drawsA: readonly Curve[],
  drawsB: readonly Curve[],
  range: readonly [number, number],
): LawComparison["crossing"] => {
  const C = firstCrossing(a, b, range);
  if (C === undefined) {
    return refuse(
      "unreachable",
      `the laws do not cross between ${range[0].toExponential(0)} and ${range[1].toExponential(0)} FLOPs`,
    );
  }
  const found = drawsA.flatMap((f, i) => firstCrossing(f, drawsB[i]!, range) ?? []);
  const share = found.length / drawsA.length;
  if (share < 0.5)
    return refuse(
      "unidentified",
      `the laws cross at ${C.toExponential(2)}, but in only ${Math.round(100 * share)} % of the draws`,
    );
  return { ok: true, C, ci95: interval(found), share };
};

const curveOf =
  (law: LossLaw): Curve =>
  (C) =>
    law.kind === "power"
      ? Math.exp(law.logCoefficient.value + law.exponent.value * Math.log(C))
      : evaluateSaturating(law, C);

/** Curves from the law's multivariate t: the covariance of its parameters, with a χ² scale for their few degrees of freedom. */
const drawCurves = (law: LossLaw, count: number, seed: number, stream: number): Curve[] => {
  const uniform = random(seed, stream);
  const normal = normals(uniform);
  const { covariance, degreesOfFreedom } = law;
  const factor = rootOf(covariance);
  const centre =
    law.kind === "power"
      ? [law.logCoefficient.value, law.exponent.value]
      : [law.floor.value, law.logCoefficient.value, law.exponent.value];
  return Array.from({ length: count }, () => {
    let chi = 0;
    for (let i = 0; i < degreesOfFreedom; i++) chi += normal() ** 2;
    const scale = Math.sqrt(degreesOfFreedom / chi);
    const z = centre.map(() => normal());
    const theta = centre.map((v, i) => v + scale * factor[i]!.reduce((s, f, j) => s + f * z[j]!, 0));
    if (law.kind === "power") return (C) => Math.exp(theta[0]! + theta[1]! * Math.log(C));
    const floor = Math.max(0, theta[0]!);
    return (C) => floor + Math.exp(theta[1]! - theta[2]! * Math.log(C));
  });
};

/** Lower factor L with L Lᵀ = covariance, zero rows for what is fixed; rounding may need a hair on the diagonal. */
const rootOf = (covariance: Matrix): number[][] => {
  const free = covariance.flatMap((row, i) => (row[i]! > 0 ? [i] : []));
  const out = covariance.map((row) => row.map(() => 0));
  if (free.length === 0) return out;
  const block = (jitter: number) => free.map((i) => free.map((j) => covariance[i]![j]! * (i === j ? 1 + jitter : 1)));
  const factor = cholesky(block(0)) ?? cholesky(block(1e-12)) ?? cholesky(block(1e-9));
  if (!factor) throw new ScalingError("bad-value", "the covariance of the law is not positive definite");
  free.forEach((i, a) => {
    free.forEach((j, b) => {
      out[i]![j] = factor[a]![b]!;
    });
  });
  return out;
};

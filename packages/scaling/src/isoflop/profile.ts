import { shown } from "../errors.js";
import { exponentiate } from "../inference/estimate.js";
import { metricOf } from "../input/runs.js";
import { studentCdf } from "../math/distributions.js";
import { extent } from "../math/extent.js";
import type { Estimate, Flops, Run } from "../types.js";
import { akimaMinimum } from "./akima.js";
import { fitParabola, type ParabolaOptions } from "./parabola.js";
import type { BudgetProfile, Parabola, ProfileWarning } from "./record.js";

/** Parabola by least squares, parabola by Huber's M-estimate, or the minimum of an Akima spline. */
export type OptimumMethod = "parabola" | "huber" | "akima";

export interface ProfileOptions {
  readonly optimum?: OptimumMethod | undefined;
  /** Fit the loss or its logarithm. */
  readonly scale?: "raw" | "log" | undefined;
  /** Axis whose fit gives the optimal loss and decides whether the minimum is interior. Both axes are always fitted. */
  readonly axis?: "N" | "D" | undefined;
  /** The quantity minimised: `loss`, or the name of a metric. */
  readonly quantity?: string | undefined;
  readonly huberDelta?: number | undefined;
}

/** A parabola through three sizes has no residual, hence no error bar: four is the least that can be judged. */
export const MINIMUM_SIZES = 4;

/** The value a profile minimises; undefined when the run lacks the metric. */
export const quantityOf = (run: Run, quantity = "loss"): number | undefined =>
  quantity === "loss" ? run.loss : metricOf(run, quantity);

/**
 * Locates the minimum of loss against ln N and ln D among runs of one budget (Hoffmann et al. 2022, Approach 2).
 * A vertex outside the sampled sizes, a curve that bends the wrong way, or fewer than four sizes is refused with its reason.
 */
export const isoFlopProfile = (C: Flops, runs: readonly Run[], options: ProfileOptions = {}): BudgetProfile => {
  const { optimum = "parabola", scale = "raw", axis = "N", quantity = "loss" } = options;
  const used = runs.filter((run) => (quantityOf(run, quantity) ?? 0) > 0);
  const values = used.map((run) => quantityOf(run, quantity)!);
  const y = scale === "log" ? values.map(Math.log) : values;
  const lnN = used.map((run) => Math.log(run.N));
  const lnD = used.map((run) => Math.log(run.D));
  const sizes = new Set(axis === "N" ? lnN : lnD).size;
  const base = { C, runs: used, points: used.length, sizes };
  if (sizes < MINIMUM_SIZES) {
    const message = `${sizes} distinct sizes at C = ${shown(C)}; at least ${MINIMUM_SIZES} are needed`;
    return { ...base, warnings: [], status: "too-few-sizes", message };
  }
  if (optimum === "akima") return akimaProfile({ ...base, warnings: [] }, lnN, lnD, y, axis, scale);

  const sigma = quantity === "loss" ? knownNoise(used, scale) : undefined;
  const robust: ParabolaOptions = {
    loss: optimum === "huber" ? "huber" : "squared",
    huberDelta: options.huberDelta,
    sigma,
  };
  const N = fitParabola(lnN, y, robust);
  const D = fitParabola(lnD, y, robust);
  if (!N || !D) {
    const message = `at C = ${shown(C)} N or D has fewer than three distinct values`;
    return { ...base, warnings: [], status: "too-few-sizes", message };
  }
  const main = axis === "N" ? N : D;
  const along = axis === "N" ? lnN : lnD;
  const warnings = warn(main, along);
  const shared = { ...base, parabola: { N, D }, warnings };
  if (!(main.curvature.value > 0)) {
    const message = `at C = ${shown(C)} the loss has no minimum in ln ${axis}: curvature ${main.curvature.value}`;
    return { ...shared, status: "not-convex", message };
  }
  if (!within(main.x.value, along)) {
    const message = `at C = ${shown(C)} the minimum, ${axis} = ${Math.exp(main.x.value).toPrecision(4)}, lies outside the sampled range`;
    return { ...shared, status: "edge-minimum", message };
  }
  const loss = scale === "log" ? exponentiate(main.y) : main.y;
  return {
    ...shared,
    status: "interior",
    optimum: { N: exponentiate(N.x), D: exponentiate(D.x), loss },
    dInterior: D.curvature.value > 0 && within(D.x.value, lnD) && N.curvature.value > 0 && within(N.x.value, lnN),
  };
};

const akimaProfile = (
  base: Pick<BudgetProfile, "C" | "runs" | "points" | "sizes" | "warnings">,
  lnN: readonly number[],
  lnD: readonly number[],
  y: readonly number[],
  axis: "N" | "D",
  scale: "raw" | "log",
): BudgetProfile => {
  const N = akimaMinimum(lnN, y)!;
  const D = akimaMinimum(lnD, y);
  const main = axis === "N" ? N : D;
  if (!main || !D || main.edge) {
    const message = `at C = ${shown(base.C)} the smallest loss is at the end of the sampled range of ${axis}`;
    return { ...base, status: "edge-minimum", message };
  }
  const bare = (value: number): Estimate => ({ value, standardError: Number.NaN, ci95: [Number.NaN, Number.NaN] });
  const loss = scale === "log" ? Math.exp(main.y) : main.y;
  return {
    ...base,
    status: "interior",
    optimum: { N: bare(Math.exp(N.x)), D: bare(Math.exp(D.x)), loss: bare(loss) },
    dInterior: !D.edge && !N.edge,
  };
};

const knownNoise = (runs: readonly Run[], scale: "raw" | "log"): number[] | undefined => {
  if (!runs.every((run) => run.sigma !== undefined)) return undefined;
  return runs.map((run) => (scale === "log" ? run.sigma! / run.loss : run.sigma!));
};

const within = (x: number, values: readonly number[]): boolean => {
  const [low, high] = extent(values);
  return x >= low && x <= high;
};

/** A vertex in the outer sixth of the range leans on extrapolated curvature. */
const OFF_CENTRE = 1 / 6;

const warn = (parabola: Parabola, x: readonly number[]): ProfileWarning[] => {
  const warnings: ProfileWarning[] = [];
  const [low, high] = extent(x);
  const position = (parabola.x.value - low) / (high - low);
  if (position < OFF_CENTRE || position > 1 - OFF_CENTRE) warnings.push("off-centre");
  if (parabola.curvature.ci95[0] <= 0) warnings.push("flat");
  if (hasOutlier(parabola)) warnings.push("outlier");
  return warnings;
};

/** Chance of calling any run of a budget an outlier when all are from one normal distribution. */
const FALSE_ALARM = 0.01;
/** Below this share of the loss a residual is rounding: exact data have no outliers. */
const ROUNDING = 1e-12;
/** No threshold of the test lies lower, so the distribution need not be asked. */
const UNREMARKABLE = 3;

/**
 * Bonferroni's test of the largest externally studentised residual, each run against the parabola through the others (Cook &
 * Weisberg 1982): its threshold grows with the number of runs and with how few degrees of freedom they leave.
 */
const hasOutlier = ({ y, residuals, leverages, degreesOfFreedom }: Parabola): boolean => {
  const without = degreesOfFreedom - 1;
  if (without < 2) return false;
  const rss = residuals.reduce((s, r) => s + r * r, 0);
  const rounding = (ROUNDING * y.value) ** 2;
  let largest = 0;
  residuals.forEach((r, i) => {
    const free = Math.max(Number.EPSILON, 1 - leverages[i]!);
    const variance = Math.max(0, rss - (r * r) / free) / without + rounding;
    if (r * r > rounding) largest = Math.max(largest, (r * r) / (free * variance));
  });
  const t = Math.sqrt(largest);
  return t > UNREMARKABLE && 2 * residuals.length * studentCdf(-t, without) < FALSE_ALARM;
};

import { shown } from "../errors.js";
import { exponentiate } from "../inference/estimate.js";
import { metricOf } from "../input/runs.js";
import { studentCdf } from "../math/distributions.js";
import { extent } from "../math/extent.js";
import type { Estimate, Flops, Run } from "../types.js";
import { akimaMinimum } from "./akima.js";
import { fitParabola, type ParabolaOptions } from "./parabola.js";
import type { BudgetProfile, InteriorProfile, Parabola, ProfileWarning } from "./record.js";

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
  const x = { N: used.map((run) => Math.log(run.N)), D: used.map((run) => Math.log(run.D)) };
  const sizes = new Set(x[axis]).size;
  const base = { C, runs: used, points: used.length, sizes };
  const refused = (
    status: Refused["status"],
    message: string,
    seen: Pick<Refused, "parabola" | "warnings">,
  ): Refused => ({
    ...base,
    ...seen,
    status,
    message,
  });
  const at = `at C = ${shown(C)}`;
  const nothing = { warnings: [] };
  if (sizes < MINIMUM_SIZES)
    return refused("too-few-sizes", `${sizes} distinct sizes ${at}; at least ${MINIMUM_SIZES} are needed`, nothing);
  if (optimum === "akima") {
    const N = akimaMinimum(x.N, y)!;
    const D = akimaMinimum(x.D, y);
    const main = axis === "N" ? N : D;
    if (!main || !D || main.edge)
      return refused("edge-minimum", `${at} the smallest loss is at the end of the sampled range of ${axis}`, nothing);
    const loss = bare(scale === "log" ? Math.exp(main.y) : main.y);
    const found = { N: bare(Math.exp(N.x)), D: bare(Math.exp(D.x)), loss };
    return { ...base, ...nothing, status: "interior", optimum: found, dInterior: !D.edge && !N.edge };
  }

  const robust: ParabolaOptions = {
    loss: optimum === "huber" ? "huber" : "squared",
    huberDelta: options.huberDelta,
    sigma: quantity === "loss" ? knownNoise(used, scale) : undefined,
  };
  const N = fitParabola(x.N, y, robust);
  const D = fitParabola(x.D, y, robust);
  if (!N || !D) return refused("too-few-sizes", `${at} N or D has fewer than three distinct values`, nothing);
  const main = axis === "N" ? N : D;
  const seen = { parabola: { N, D }, warnings: warn(main, x[axis]) };
  const bends = ({ curvature }: Parabola) => curvature.value > 0;
  if (!bends(main)) {
    const message = `${at} the loss has no minimum in ln ${axis}: curvature ${main.curvature.value}`;
    return refused("not-convex", message, seen);
  }
  if (!within(main.x.value, x[axis])) {
    const vertex = `${axis} = ${Math.exp(main.x.value).toPrecision(4)}`;
    return refused("edge-minimum", `${at} the minimum, ${vertex}, lies outside the sampled range`, seen);
  }
  const loss = scale === "log" ? exponentiate(main.y) : main.y;
  return {
    ...base,
    ...seen,
    status: "interior",
    optimum: { N: exponentiate(N.x), D: exponentiate(D.x), loss },
    dInterior: bends(D) && within(D.x.value, x.D) && bends(N) && within(N.x.value, x.N),
  };
};

type Refused = Exclude<BudgetProfile, InteriorProfile>;

/** A spline says nothing of its errors. */
const bare = (value: number): Estimate => ({ value, standardError: Number.NaN, ci95: [Number.NaN, Number.NaN] });

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

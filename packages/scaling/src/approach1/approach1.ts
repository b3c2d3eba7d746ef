import { type BootstrapOptions, bootstrap, summarise } from "../inference/bootstrap.js";
import { tooManyFailed } from "../inference/draws.js";
import { powerLaw } from "../laws/power.js";
import type { Random } from "../math/random.js";
import { sampleAlong } from "../math/sample.js";
import { type Outcome, refuse } from "../types.js";
import {
  type CurveGrid,
  curvesOnGrid,
  type EnvelopeOptions,
  type EnvelopePoint,
  envelopeOf,
  type TrainingCurve,
} from "./envelope.js";
import type { Approach1, Approach1Bootstrap } from "./record.js";

export interface Approach1Options
  extends EnvelopeOptions,
    Pick<BootstrapOptions, "resamples" | "seed" | "signal" | "onProgress"> {
  /** What the loss of the curves is. Default `loss`. */
  readonly quantity?: string | undefined;
  /** What is drawn: curves, or sizes with all their curves. Default `curve`. */
  readonly resample?: "curve" | "size" | undefined;
}

const LAWS = ["N", "D", "loss"] as const;
type LawName = (typeof LAWS)[number];

/** Checkpoints of a curve that a record keeps for its figure. */
const KEPT = 200;
/** Fewer leaders than this are a staircase of so many steps. */
const FEW_LEADERS = 4;
/** Nearer than this share to the end of its run a checkpoint is its last. */
const AT_END = 0.02;

/**
 * Approach 1 (Hoffmann et al. 2022, §3.1): the lower envelope of training curves over compute, power laws N*(C), D*(C) and L*(C) through
 * it, and their errors over resamples of the curves: the points along one curve are not independent, and which sizes were trained is
 * most of what the laws rest on. The least of many noisy losses lies below their mean, which no resample shows.
 * @throws ScalingError `bad-option`, or `bad-value` naming the curve and its point
 */
export const approach1 = (curves: readonly TrainingCurve[], options: Approach1Options = {}): Outcome<Approach1> => {
  const { bins = 1500, range, quantity = "loss", flops = (N, D) => 6 * N * D } = options;
  const grid = curvesOnGrid(curves, options);
  if (!grid.ok) return grid;
  const found = envelopeOf(grid);
  if (!found.ok) return found;
  const { points } = found;
  const law = (name: LawName) =>
    powerLaw(
      points.map(({ C }) => C),
      points.map((point) => point[name]),
    );
  const [N, D, loss] = [law("N"), law("D"), law("loss")];
  if (!N.ok) return N;
  if (!D.ok) return D;
  if (!loss.ok) return loss;
  const leads = curves.map((_, i) => points.filter(({ curve }) => curve === i).length);
  const leaders = leads.filter((count) => count > 0).length;
  const before = points.filter(({ C, curve }) => Math.log(C) < grid.ends[curve]! + Math.log1p(-AT_END)).length;
  const unfinished = before / points.length;
  return {
    ok: true,
    record: "approach1",
    quantity,
    curves: curves.map(({ N, points: all, label }, i) => {
      const counted = all.map(({ D, loss, C }) => ({ C: C ?? flops(N, D), D, loss }));
      const kept = sampleAlong(
        counted.map(({ C }) => Math.log(C)),
        KEPT,
      );
      return {
        N,
        ...(label !== undefined && { label }),
        checkpoints: all.length,
        points: kept.map((k) => counted[k]!),
        share: leads[i]! / points.length,
      };
    }),
    points,
    N,
    D,
    loss,
    bootstrap: resampled(grid, points, options),
    leaders,
    unfinished,
    warnings: warningsOf(leaders, curves.length, unfinished),
    choices: { bins, ...(range && { range: [...range] as [number, number] }) },
  };
};

const warningsOf = (leaders: number, curves: number, unfinished: number): Approach1["warnings"] => [
  ...(unfinished > 0
    ? [
        {
          about: "annealing" as const,
          message: `${Math.round(100 * unfinished)} % of the envelope is at checkpoints before the end of their run; where a learning rate was still to fall there, as in a cosine schedule, their losses are too high and the laws biased`,
        },
      ]
    : []),
  ...(leaders < FEW_LEADERS
    ? [
        {
          about: "few-leaders" as const,
          message: `${leaders} of ${curves} curves touch the envelope: N* is a staircase of so many steps`,
        },
      ]
    : []),
];

const resampled = (
  grid: CurveGrid,
  points: readonly EnvelopePoint[],
  { resamples = 400, seed = 0, resample = "curve", signal, onProgress }: Approach1Options,
): Outcome<Approach1Bootstrap> => {
  const sizes = [...new Set(grid.sizes)];
  const curvesOf = new Map(sizes.map((size) => [size, grid.sizes.flatMap((N, i) => (N === size ? [i] : []))]));
  const draw = (uniform: Random): number[] =>
    resample === "curve"
      ? grid.sizes.map(() => Math.floor(uniform() * grid.sizes.length))
      : sizes.flatMap(() => curvesOf.get(sizes[Math.floor(uniform() * sizes.length)]!)!);
  const { values, failed } = bootstrap(
    (uniform) => {
      const found = envelopeOf(grid, draw(uniform));
      return found.ok ? lines(found.points) : undefined;
    },
    { resamples, seed, signal, onProgress },
  );
  if (tooManyFailed(failed, resamples) || values.length < 2) {
    const message = `${failed} of ${resamples} resamples had no two models that lead between neighbours: there are too few curves`;
    return refuse("too-many-failed-resamples", message);
  }
  const value = lines(points)!;
  const law = (k: number): Approach1Bootstrap["N"] => {
    const [levels, slopes] = [2 * k, 2 * k + 1].map((j) => values.map((draw) => draw[j]!)) as [number[], number[]];
    const coefficients = levels.map(Math.exp);
    return {
      exponent: summarise(slopes, value[2 * k + 1]!),
      coefficient: summarise(coefficients, Math.exp(value[2 * k]!)),
      covariance: covarianceOf(levels, slopes),
    };
  };
  return { ok: true, N: law(0), D: law(1), loss: law(2), of: resample, seed, resamples, failed };
};

/** ln coefficient and exponent of each law in turn. */
const lines = (points: readonly EnvelopePoint[]): number[] | undefined => {
  const x = points.map(({ C }) => Math.log(C));
  const centre = x.reduce((s, v) => s + v, 0) / x.length;
  const squares = x.reduce((s, v) => s + (v - centre) ** 2, 0);
  if (!(squares > 0)) return undefined;
  return LAWS.flatMap((name) => {
    const y = points.map((point) => Math.log(point[name]));
    const slope = y.reduce((s, v, i) => s + v * (x[i]! - centre), 0) / squares;
    return [y.reduce((s, v) => s + v, 0) / y.length - slope * centre, slope];
  });
};

const covarianceOf = (a: readonly number[], b: readonly number[]): number[][] => {
  const mean = (of: readonly number[]) => of.reduce((s, v) => s + v, 0) / of.length;
  const [ma, mb] = [mean(a), mean(b)];
  const of = (p: readonly number[], mp: number, q: readonly number[], mq: number) =>
    p.reduce((s, v, i) => s + (v - mp) * (q[i]! - mq), 0) / (p.length - 1);
  const shared = of(a, ma, b, mb);
  return [
    [of(a, ma, a, ma), shared],
    [shared, of(b, mb, b, mb)],
  ];
};

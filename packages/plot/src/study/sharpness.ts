import {
  type Estimate,
  extent,
  type Flops,
  type Interval,
  noiseAt,
  type Predicted,
  type Rehearsal,
  rehearsalScore,
  seedNoiseAt,
} from "@isoflop/scaling";
import { parabolaThrough } from "../figures/held-out-curve.js";
import { bestOf, byCompute, type HeldOut } from "../figures/laws.js";
import type { StudyParts } from "./parts.js";
import type { StudySummary } from "./study.js";

/** How sharp the test at one held-out compute was. */
export interface Sharpness {
  readonly C: Flops;
  /** Half of the 95 % interval of one run, as a share of the prediction: of the narrowest and the widest, where several sizes are tested. */
  readonly halfWidths: Interval;
  /** By how much the optimal loss falls from the largest fitted budget to this one, by the law, as a share of the first. */
  readonly improvement: number;
  /** Optimal loss of the largest fitted budget by the law, and the upper end of the interval. */
  readonly reached: number;
  readonly upper: number;
}

/** Whether a loss that is no better than that of the largest fitted budget would have been outside. */
export const couldFail = ({ reached, upper }: Sharpness): boolean => upper < reached;

export const sharpnessOf = ({ law, heldOut }: Pick<StudyParts, "law" | "heldOut">): readonly Sharpness[] => {
  const reached = law?.at(law.fitted[1])?.loss.value;
  if (!law || reached === undefined) return [];
  return byCompute(heldOut).flatMap((checks): Sharpness[] => {
    const { C } = checks[0].prediction.given;
    const best = law.at(C)?.loss.value;
    const intervals = checks.flatMap(({ prediction: { predicted } }) => {
      const { value, interval95 } = predicted.loss;
      return interval95 ? [{ share: (interval95[1] - interval95[0]) / 2 / value, upper: interval95[1] }] : [];
    });
    if (best === undefined || intervals.length === 0) return [];
    const halfWidths = extent(intervals.map(({ share }) => share));
    const [, upper] = extent(intervals.map((one) => one.upper));
    return [{ C, halfWidths, improvement: 1 - best / reached, reached, upper }];
  });
};

/** Rehearsals that reached about equally far. */
export interface RehearsedDistance {
  /** Smallest and largest of their distances. */
  readonly distances: Interval;
  /** Pairs of a fit and a larger budget. */
  readonly pairs: number;
  readonly runs: number;
  /** Of the runs, within their intervals. */
  readonly inside: number;
  /** Root mean square of the errors in units of the interval. */
  readonly rms: number;
  /** Mean of ln L − ln L̂. */
  readonly bias: number;
  /** Mean half width of the intervals, of ln L. */
  readonly halfWidth: number;
}

/** By their distance, in doublings of compute, nearest first. */
export const byDistance = (rehearsals: readonly Rehearsal[]): readonly RehearsedDistance[] => {
  const doublings = (one: Rehearsal) => Math.round(Math.log2(one.distance));
  return [...new Set(rehearsals.map(doublings))]
    .sort((a, b) => a - b)
    .map((bin) => scoreOf(rehearsals.filter((one) => doublings(one) === bin)));
};

export const scoreOf = (rehearsals: readonly Rehearsal[]): RehearsedDistance => {
  const { runs, inside, rms } = rehearsalScore(rehearsals);
  const mean = (of: (one: Rehearsal) => number) => rehearsals.reduce((s, one) => s + of(one), 0);
  return {
    distances: extent(rehearsals.map(({ distance }) => distance)),
    pairs: rehearsals.length,
    runs,
    inside: Math.round(inside * runs),
    rms,
    bias: mean((one) => one.runs.reduce((s, { error }) => s + error, 0)) / runs,
    halfWidth: mean((one) => one.halfWidth * one.runs.length) / runs,
  };
};

/** What the sizes of a held-out compute say of its optimum. */
export interface HeldOutOptimum {
  readonly C: Flops;
  /** Different sizes that were trained. */
  readonly sizes: number;
  readonly predicted: Predicted;
  /** Of the size with the least loss. */
  readonly best: HeldOut;
  /** Of the largest loss above the least, of ln L. */
  readonly spread: number;
  /** Where the parabola through the losses has its minimum; absent with fewer than three sizes, or where it has none between them. */
  readonly minimum?: { readonly value: number; readonly ci95?: Interval };
  /** Whether the least loss is at the smallest or the largest size. */
  readonly atEnd: boolean;
  /** Standard deviation of ln L of one run by its seed, where it is known, */
  readonly noise?: number;
  /** and whether the curve through the sizes, or the difference of two, is no more than that makes. */
  readonly withinNoise?: boolean;
}

const z95 = 1.959964;

export const optimaOf = (study: StudySummary, { law, heldOut }: Pick<StudyParts, "law" | "heldOut">) =>
  byCompute(heldOut).flatMap((checks): HeldOutOptimum[] => {
    const { C } = checks[0].prediction.given;
    const predicted = law?.at(C)?.N;
    const runs = checks.flatMap((check) => check.runs);
    const best = bestOf(checks);
    const sizes = extent(runs.map(({ N }) => N));
    const count = new Set(runs.map(({ N }) => N)).size;
    if (!predicted || !best || count < 2) return [];
    const noise = noiseOf(study, C);
    const [least, most] = extent(runs.map(({ loss }) => loss));
    const parabola = parabolaThrough(runs);
    const inside = parabola && parabola.curvature > 0 && isWithin(Math.exp(parabola.vertex), sizes);
    const minimum = inside ? minimumOf(parabola, noise) : undefined;
    return [
      {
        ...{ C, sizes: count, predicted, best, spread: Math.log(most / least) },
        ...(minimum && { minimum }),
        atEnd: sizes.includes(runs.find(({ loss }) => loss === least)!.N),
        ...(noise !== undefined && { noise, withinNoise: isNoise(parabola, most / least, noise) }),
      },
    ];
  });

type Found = NonNullable<ReturnType<typeof parabolaThrough>>;

const minimumOf = ({ vertex, errors }: Found, noise: number | undefined): HeldOutOptimum["minimum"] => {
  const value = Math.exp(vertex);
  if (noise === undefined) return { value };
  const factor = Math.exp(z95 * noise * errors.vertex);
  return { value, ci95: [value / factor, value * factor] };
};

/** A slope or a curvature that is larger than its error says that sizes differ; of two sizes their difference does. */
const isNoise = (parabola: Found | undefined, ratio: number, noise: number): boolean =>
  Math.log(ratio) < z95 * Math.SQRT2 * noise &&
  (!parabola || Math.abs(parabola.curvature) < z95 * noise * parabola.errors.curvature);

const isWithin = (value: number, [low, high]: Interval): boolean => value >= low && value <= high;

/** Standard deviation of ln L of one run of a compute by its seed; beyond the largest compute with replicates that of there. */
export const noiseOf = ({ noise, rollOut, joint }: StudySummary, C: Flops): number | undefined => {
  if (noise) return seedNoiseAt(noise, Math.min(C, extent(noise.budgets.map((budget) => budget.C))[1]));
  const replicates = rollOut?.noise ?? joint?.parts[0]?.noise;
  return replicates && Math.sqrt(noiseAt(replicates, C));
};

/** Apparent floors: E of the joint fit, integrated over, and of every form in the mixture that has one. */
export const floorsOf = ({
  joint,
  rollOut,
}: StudySummary): {
  readonly joint?: Estimate;
  readonly forms: Interval | undefined;
} => {
  const forms = (rollOut?.forms ?? []).flatMap(({ fit, weight, nodes }) => {
    if (weight === 0) return [];
    if (nodes) return [nodes.reduce((s, node) => s + node.weight * node.floor, 0)];
    return fit.parameters.E ? [fit.parameters.E.value] : [];
  });
  const floor = joint?.parts[0]?.floor;
  return { ...(floor && { joint: floor }), forms: forms.length > 0 ? extent(forms) : undefined };
};

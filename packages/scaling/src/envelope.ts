import { badOption, ScalingError } from "./errors.js";
import { type PowerLaw, powerLaw } from "./laws/power.js";
import { extent } from "./math/extent.js";
import { ascending } from "./math/quantile.js";
import { segmentOf } from "./math/segment.js";
import type { Allocation } from "./surface/allocate.js";
import { type FlopRule, type Loss, type Outcome, type Parameters, refuse, type Tokens } from "./types.js";

/** A training curve: the loss of one model as it sees tokens. */
export interface TrainingCurve {
  readonly N: Parameters;
  /** Ascending in D. */
  readonly points: readonly { readonly D: Tokens; readonly loss: Loss }[];
  readonly label?: string;
}

/** The best model at one compute. */
export interface EnvelopePoint extends Allocation {
  /** Index of the curve that leads there. */
  readonly curve: number;
}

export interface Envelope extends Readonly<Record<"N" | "D" | "loss", Outcome<PowerLaw>>> {
  readonly points: readonly EnvelopePoint[];
}

export interface EnvelopeOptions {
  /** Logarithmically spaced compute values. Default 1500 (Hoffmann et al. 2022, Approach 1). */
  readonly bins?: number | undefined;
  /** Default 6ND. */
  readonly flops?: FlopRule | undefined;
}

/**
 * Approach 1: the lower envelope of training curves over compute, and power laws through it. Curves are interpolated in log-log;
 * bins where the next smaller or the next larger size has no loss to show are left out: it was never trained, or not so long or so
 * short, and could have been better.
 * The points of an envelope are not independent, so the laws' standard errors are too small: bootstrap over curves instead.
 */
export const envelope = (curves: readonly TrainingCurve[], options: EnvelopeOptions = {}): Outcome<Envelope> => {
  const { bins = 1500, flops = (N, D) => 6 * N * D } = options;
  if (!(Number.isInteger(bins) && bins > 1)) throw badOption("bins", bins, "a whole number above 1");
  if (curves.length < 3)
    return refuse("too-few-points", `${curves.length} training curves; an envelope needs at least three`);
  const logs = curves.map((curve, i) => curveLogs(curve, i, flops));
  const [low] = extent(logs.map((c) => c.lnC[0]!));
  const [, high] = extent(logs.map((c) => c.lnC[c.lnC.length - 1]!));
  const sizes = curves.map((c) => c.N);
  const ladder = ascending([...new Set(sizes)]);
  const points: EnvelopePoint[] = [];
  for (let b = 0; b < bins; b++) {
    const lnC = low + ((high - low) * b) / (bins - 1);
    let best = -1;
    let bestLoss = Number.POSITIVE_INFINITY;
    const seen = new Set<Parameters>();
    logs.forEach((c, i) => {
      const lnL = interpolate(c.lnC, c.lnL, lnC);
      if (lnL === undefined) return;
      seen.add(sizes[i]!);
      if (lnL < bestLoss) [best, bestLoss] = [i, lnL];
    });
    if (best < 0) continue;
    const rung = ladder.indexOf(sizes[best]!);
    if (![ladder[rung - 1], ladder[rung + 1]].every((size) => size !== undefined && seen.has(size))) continue;
    const D = Math.exp(interpolate(logs[best]!.lnC, logs[best]!.lnD, lnC)!);
    points.push({ C: Math.exp(lnC), N: sizes[best]!, D, loss: Math.exp(bestLoss), curve: best });
  }
  const leaders = new Set(points.map((p) => p.curve)).size;
  if (leaders < 2) {
    const lead = `${leaders} models lead between two neighbours that were trained as far`;
    return refuse("edge-minimum", `${lead}: the sizes do not bracket the optimum`);
  }
  const column = (of: "C" | "N" | "D" | "loss") => points.map((point) => point[of]);
  const law = (of: "N" | "D" | "loss") => powerLaw(column("C"), column(of));
  return { ok: true, points, N: law("N"), D: law("D"), loss: law("loss") };
};

const curveLogs = (curve: TrainingCurve, i: number, flops: FlopRule) => {
  if (curve.points.length < 2)
    throw new ScalingError("too-few-points", `curve ${i + 1} has fewer than two points`, { row: i + 1 });
  const lnD = curve.points.map((p) => Math.log(p.D));
  const lnL = curve.points.map((p) => Math.log(p.loss));
  const lnC = curve.points.map((p) => Math.log(flops(curve.N, p.D)));
  for (let k = 0; k < lnC.length; k++) {
    if (Number.isFinite(lnC[k]!) && Number.isFinite(lnL[k]!) && (k === 0 || lnC[k]! > lnC[k - 1]!)) continue;
    const message = `curve ${i + 1}, point ${k + 1}: expected positive losses and tokens in ascending order`;
    throw new ScalingError("bad-value", message, { row: i + 1 });
  }
  return { lnC, lnD, lnL };
};

/** Linear interpolation; undefined outside. */
const interpolate = (x: readonly number[], y: readonly number[], at: number): number | undefined => {
  if (at < x[0]! || at > x[x.length - 1]!) return undefined;
  const i = segmentOf(x, at);
  return y[i]! + ((at - x[i]!) / (x[i + 1]! - x[i]!)) * (y[i + 1]! - y[i]!);
};

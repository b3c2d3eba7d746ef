import { badOption, ScalingError, shown } from "../errors.js";
import { type PowerLaw, powerLaw } from "../laws/power.js";
import { extent } from "../math/extent.js";
import { ascending } from "../math/quantile.js";
import { segmentOf } from "../math/segment.js";
import type { Allocation } from "../surface/allocate.js";
import { type FlopRule, type Flops, type Loss, type Outcome, type Parameters, refuse, type Tokens } from "../types.js";

/** A training curve: the loss of one model as it sees tokens. */
export interface TrainingCurve {
  readonly N: Parameters;
  /** Ascending in D; `C` where it was counted, else by the rule. */
  readonly points: readonly { readonly D: Tokens; readonly loss: Loss; readonly C?: Flops }[];
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
  /** Compute that no checkpoint says. Default 6ND. */
  readonly flops?: FlopRule | undefined;
  /** Compute between which the envelope is taken. Default: that of all curves. */
  readonly range?: readonly [Flops, Flops] | undefined;
}

/**
 * Approach 1: the lower envelope of training curves over compute, and power laws through it. Curves are interpolated in log-log;
 * bins where the next smaller or the next larger size has no loss to show are left out: it was never trained, or not so long or so
 * short, and could have been better.
 * The points of an envelope are not independent, so the laws' standard errors are too small: {@link approach1} bootstraps over curves.
 */
export const envelope = (curves: readonly TrainingCurve[], options: EnvelopeOptions = {}): Outcome<Envelope> => {
  const grid = curvesOnGrid(curves, options);
  if (!grid.ok) return grid;
  const found = envelopeOf(grid);
  if (!found.ok) return found;
  const { points } = found;
  const column = (of: "C" | "N" | "D" | "loss") => points.map((point) => point[of]);
  const law = (of: "N" | "D" | "loss") => powerLaw(column("C"), column(of));
  return { ok: true, points, N: law("N"), D: law("D"), loss: law("loss") };
};

/** ln loss and ln D of every curve at every bin, NaN where the curve has not been. */
export interface CurveGrid {
  readonly lnC: readonly number[];
  readonly sizes: readonly Parameters[];
  readonly lnL: readonly Float64Array[];
  readonly lnD: readonly Float64Array[];
  /** ln of the compute at which each curve ends. */
  readonly ends: readonly number[];
}

export const curvesOnGrid = (
  curves: readonly TrainingCurve[],
  { bins = 1500, flops = (N, D) => 6 * N * D, range }: EnvelopeOptions,
): Outcome<CurveGrid> => {
  if (!(Number.isInteger(bins) && bins > 1)) throw badOption("bins", bins, "a whole number above 1");
  if (range && !(range[0] > 0 && range[1] > range[0]))
    throw badOption("range", range.map(shown).join(", "), "two positive computes, the smaller first");
  if (curves.length < 3)
    return refuse("too-few-points", `${curves.length} training curves; an envelope needs at least three`);
  const logs = curves.map((curve, i) => curveLogs(curve, i, flops));
  const [least] = extent(logs.map((c) => c.lnC[0]!));
  const [, most] = extent(logs.map((c) => c.lnC[c.lnC.length - 1]!));
  const [low, high] = range ? [Math.max(least, Math.log(range[0])), Math.min(most, Math.log(range[1]))] : [least, most];
  if (!(high > low)) return refuse("too-few-points", "no curve has a checkpoint within the range");
  const lnC = Array.from({ length: bins }, (_, b) => low + ((high - low) * b) / (bins - 1));
  const on = (of: "lnL" | "lnD") =>
    logs.map((c) => Float64Array.from(lnC, (at) => interpolate(c.lnC, c[of], at) ?? Number.NaN));
  return {
    ok: true,
    lnC,
    sizes: curves.map((c) => c.N),
    lnL: on("lnL"),
    lnD: on("lnD"),
    ends: logs.map((c) => c.lnC[c.lnC.length - 1]!),
  };
};

/** The envelope of some of the curves; one that is named twice counts once. */
export const envelopeOf = (
  { lnC, sizes, lnL, lnD }: CurveGrid,
  members: readonly number[] = sizes.map((_, i) => i),
): Outcome<{ readonly points: readonly EnvelopePoint[] }> => {
  const some = [...new Set(members)];
  const ladder = ascending([...new Set(some.map((i) => sizes[i]!))]);
  const rungOf = new Map(ladder.map((size, rung) => [size, rung]));
  const rungs = some.map((i) => rungOf.get(sizes[i]!)!);
  const points: EnvelopePoint[] = [];
  const seen = new Array<boolean>(ladder.length);
  lnC.forEach((at, b) => {
    let best = -1;
    let bestLoss = Number.POSITIVE_INFINITY;
    seen.fill(false);
    some.forEach((i, k) => {
      const value = lnL[i]![b]!;
      if (Number.isNaN(value)) return;
      seen[rungs[k]!] = true;
      if (value < bestLoss) [best, bestLoss] = [k, value];
    });
    if (best < 0) return;
    const rung = rungs[best]!;
    if (!(seen[rung - 1] && seen[rung + 1])) return;
    const curve = some[best]!;
    points.push({ C: Math.exp(at), N: sizes[curve]!, D: Math.exp(lnD[curve]![b]!), loss: Math.exp(bestLoss), curve });
  });
  const leaders = new Set(points.map((p) => p.curve)).size;
  if (leaders < 2) {
    const lead = `${leaders} models lead between two neighbours that were trained as far`;
    return refuse("edge-minimum", `${lead}: the sizes do not bracket the optimum`);
  }
  return { ok: true, points };
};

const curveLogs = (curve: TrainingCurve, i: number, flops: FlopRule) => {
  if (curve.points.length < 2)
    throw new ScalingError("too-few-points", `curve ${i + 1} has fewer than two points`, { row: i + 1 });
  const lnD = curve.points.map((p) => Math.log(p.D));
  const lnL = curve.points.map((p) => Math.log(p.loss));
  const lnC = curve.points.map((p) => Math.log(p.C ?? flops(curve.N, p.D)));
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

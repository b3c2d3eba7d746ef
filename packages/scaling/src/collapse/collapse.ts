import { badOption } from "../errors.js";
import { extent } from "../math/extent.js";
import { type Loss, type Outcome, refuse } from "../types.js";
import { bestFloor, logCurves } from "./floor.js";
import { type Nodes, nodesOf, type ProgressCurve } from "./nodes.js";
import type { Collapse, CollapsedRun } from "./record.js";
import { deviationFrom, type Rows, type Sifted, type Sizes, seenAt, sift } from "./spoilers.js";

export interface CollapseOptions {
  /** L0, where it is known: from the law of the optimal losses, say. Default: that of the best collapse. */
  readonly floor?: Loss | undefined;
  /** Share of the training before which curves are not compared. Default 0.05: a warm-up is of steps, and does not scale. */
  readonly from?: number | undefined;
  /** Shares at which they are, where they have many points. Default 20. */
  readonly points?: number | undefined;
  /** A run spoils the collapse below this chance of a false alarm among all. Default 0.05. */
  readonly level?: number | undefined;
  /** Default 499. */
  readonly draws?: number | undefined;
  readonly seed?: number | undefined;
  /** What the loss is of, for a reader. Default "loss". */
  readonly quantity?: string | undefined;
}

/** With fewer there are no others to be held against. */
const FEWEST_RUNS = 5;
const FEWEST_PLACES = 4;

/**
 * Are the curves of a sweep one curve? Compute-optimal runs whose hyperparameters scale as they should have the same normalised curve
 * ℓ(x) = (L(x T) − L0) / (L(T) − L0), T the whole training (Qiu et al., arXiv 2507.02119, §2); one that leaves it was set up in
 * another way. Δ(x) is the standard deviation of ℓ over its mean (their eq. 2), σ(x) that of L − L0 between seeds of one model (eq. 3), and where
 * Δ < σ up to the end the collapse is finer than the noise of its runs ("supercollapse").
 *
 * Each run is held against the curve of the others, in units of what a run like them would deviate; one spoils the collapse where that
 * would come by chance in less than `level` of sweeps without a fault, under the best floor and under those that leaving out one run
 * makes of it. It sees shapes only: of a run whose loss is too high by one factor throughout, the law of the
 * final losses speaks. Runs that are not compute-optimal have other shapes, and spoil it too.
 * @throws ScalingError `bad-option`, or `bad-value` naming the curve
 */
export const collapse = (curves: readonly ProgressCurve[], options: CollapseOptions = {}): Outcome<Collapse> => {
  const { from = 0.05, points = 20, level = 0.05, draws = 499, seed = 0, quantity = "loss" } = options;
  if (!(from > 0 && from < 1)) throw badOption("from", from, "a share between 0 and 1");
  if (!(Number.isInteger(points) && points >= FEWEST_PLACES))
    throw badOption("points", points, `a whole number of at least ${FEWEST_PLACES}`);
  if (!(level > 0 && level < 1)) throw badOption("level", level, "a number between 0 and 1");
  if (!(Number.isInteger(draws) && draws >= 19)) throw badOption("draws", draws, "a whole number of at least 19");
  if (curves.length < FEWEST_RUNS)
    return refuse("too-few-points", `${curves.length} curves; a collapse needs at least ${FEWEST_RUNS}`);
  const nodes = nodesOf(curves, from, points);
  if (nodes.x.length < FEWEST_PLACES)
    return refuse(
      "too-few-points",
      `the curves have ${nodes.x.length} shares of the training in common; at least ${FEWEST_PLACES} are needed`,
    );
  const floor = floorOf(nodes, options.floor);
  const sizes = { draws, seed, level };
  const rowsAt = [...new Set([floor.value, ...floor.range])].map((value) => logCurves(nodes.losses, value));
  const rows: Rows = rowsAt[0]!;
  const { spoilers, pValues } = siftedUnder(rowsAt, sizes);
  const held = rows.map((_, r) => r).filter((r) => !spoilers.includes(r));
  const common = commonOf(held.map((r) => rows[r]!));
  const noise = noiseOf(curves, nodes, floor.value, held);
  const supercollapse = noise && onset(nodes.x, common.deviation, noise);
  const runs = curves.map(({ label, N }, r): CollapsedRun => {
    const row = rows[r]!;
    const spoils = spoilers.includes(r);
    const others = held.filter((other) => other !== r).map((other) => rows[other]!);
    const off = row.map((v, k) => v - common.log[k]!);
    const furthest = off.reduce((most, v, k) => (Math.abs(v) > Math.abs(off[most]!) ? k : most), 0);
    const seen = spoils ? seenAt(others, row, sizes) : undefined;
    return {
      label: label ?? `curve ${r + 1}`,
      ...(N !== undefined && { N }),
      total: nodes.totals[r]!,
      loss: nodes.losses[r]!.at(-1)!,
      curve: row.map(Math.exp),
      deviation: deviationFrom(others, row),
      pValue: pValues[r]!,
      spoils,
      at: nodes.x[furthest]!,
      factor: Math.exp(off[furthest]!),
      ...(seen !== undefined && { seenFrom: nodes.x[seen]! }),
    };
  });
  return {
    ok: true,
    record: "collapse",
    quantity,
    x: nodes.x,
    curve: common.mean,
    deviation: common.deviation,
    ...(noise && { noise }),
    ...(supercollapse !== undefined && { supercollapse }),
    floor,
    runs: runs.sort((a, b) => Number(b.spoils) - Number(a.spoils) || b.deviation - a.deviation),
    ...{ level, draws, seed },
  };
};

const floorOf = ({ losses }: Nodes, given: Loss | undefined): Collapse["floor"] => {
  const [lowest] = extent(losses.flat());
  if (given !== undefined) {
    if (!(given >= 0 && given < lowest))
      throw badOption("floor", given, `a loss of at least 0 and below ${lowest}, the lowest there is`);
    return { value: given, range: [given, given], from: "given" };
  }
  const value = bestFloor(losses);
  const others = losses.map((_, r) => Math.min(bestFloor(losses.toSpliced(r, 1)), 0.999 * lowest));
  return { value, range: extent([value, ...others]), from: "collapse" };
};

/** Curves nearer to each other than this are the same to rounding, and to the digits of their floor. */
const EXACT = 1e-6;

/** What spoils the collapse under every floor; each run's chance is the largest of them. */
const siftedUnder = (rowsAt: readonly Rows[], sizes: Sizes): Sifted => {
  const [first, ...others] = rowsAt.map((rows) => (spreadOf(rows) > EXACT ? sift(rows, sizes) : nothing(rows)));
  return {
    spoilers: first!.spoilers.filter((r) => others.every(({ spoilers }) => spoilers.includes(r))),
    pValues: first!.pValues.map((p, r) => Math.max(p, ...others.map(({ pValues }) => pValues[r]!))),
  };
};

const nothing = (rows: Rows): Sifted => ({ spoilers: [], pValues: rows.map(() => 1) });

/** The largest standard deviation over the places. */
const spreadOf = (rows: readonly (readonly number[])[]): number => extent(commonOf(rows).deviation)[1];

const commonOf = (rows: readonly (readonly number[])[]) => {
  const n = rows.length;
  const columns = rows[0]!.map((_, k) => rows.map((row) => row[k]!));
  const mean = columns.map((column) => column.reduce((s, v) => s + Math.exp(v), 0) / n);
  const deviation = columns.map(
    (column, k) => Math.sqrt(column.reduce((s, v) => s + (Math.exp(v) - mean[k]!) ** 2, 0) / (n - 1)) / mean[k]!,
  );
  return { mean, deviation, log: columns.map((column) => column.reduce((s, v) => s + v, 0) / n) };
};

/** Repeated runs have the same size and were trained as long, to within this share. */
const ALIKE = 0.02;

/** σ(x): the relative variance of L − L0 between repeated runs, its mean over the models that were repeated, as a deviation. */
const noiseOf = (
  curves: readonly ProgressCurve[],
  { losses, totals, x }: Nodes,
  floor: Loss,
  held: readonly number[],
): number[] | undefined => {
  const groups: number[][] = [];
  for (const r of held) {
    const twin = groups.find(
      ([first]) => curves[first!]!.N === curves[r]!.N && Math.abs(totals[r]! / totals[first!]! - 1) < ALIKE,
    );
    if (curves[r]!.N !== undefined && twin) twin.push(r);
    else groups.push([r]);
  }
  const repeated = groups.filter((group) => group.length > 1);
  if (repeated.length === 0) return undefined;
  return x.map((_, k) => {
    const relative = repeated.map((group) => {
      const above = group.map((r) => losses[r]![k]! - floor);
      const mean = above.reduce((s, v) => s + v, 0) / above.length;
      return above.reduce((s, v) => s + (v / mean - 1) ** 2, 0) / (above.length - 1);
    });
    return Math.sqrt(relative.reduce((s, v) => s + v, 0) / relative.length);
  });
};

/** The first share from which on Δ stays below σ; at the end itself Δ is 0. */
const onset = (x: readonly number[], deviation: readonly number[], noise: readonly number[]): number | undefined => {
  const inner = x.length - 1;
  const last = x.slice(0, inner).findLastIndex((_, k) => !(deviation[k]! < noise[k]!));
  return last + 1 < inner ? x[last + 1] : undefined;
};

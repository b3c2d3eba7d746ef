import { badOption } from "../errors.js";
import { cellOf } from "../input/best.js";
import { kindsOf, labelsNameStudies, sizesOf } from "../input/kinds.js";
import { checkRuns } from "../input/runs.js";
import { thirdDifferences, typicalSize } from "../math/differences.js";
import { extent } from "../math/extent.js";
import { grouped } from "../math/grouped.js";
import { ascending, quantileSorted } from "../math/quantile.js";
import type { Run } from "../types.js";

/** Why rows of a table may not be independent runs. */
export interface Caution {
  /** `one-run`: several rows of one training. `one-size`: what all rows of a size share. `one-cell`: a sweep of something else than N and D. */
  readonly kind: "one-run" | "one-size" | "one-cell";
  /** Rows of which it is said. */
  readonly rows: number;
  readonly message: string;
}

/** Tokens at which a run must have been evaluated to be a curve. */
const CURVE = 3;
/** Rows of a size that make a curve of it. */
const SIZE_ROWS = 6;
/** Differences on either side of a comparison of two noises. */
const LEAST_DIFFERENCES = 8;
/** How much more losses must scatter from size to size than along one size. */
const SHARED = 2.5;
/** How much more losses of one cell must differ than neighbouring cells scatter, and by how much at least, in ln L. */
const SWEEP = 3;
const SWEEP_LEAST = 0.01;
/** More than losses of seeds differ, whatever neighbouring cells do. */
const SEEDS = 0.03;
const LEAST_CELLS = 3;

/**
 * What in a table speaks against independent runs, which every interval here takes them for.
 *
 * - `one-run`: labels that name runs come again at other tokens, so that rows are checkpoints of one curve.
 * - `one-size`: along the tokens of a size losses lie 2.5 times closer to a smooth curve than they do from size to size at equal tokens (third
 *   differences of ln L, robustly, which must alternate from size to size): rows of a size share what is of that size or of its one
 *   training. Separately trained grids can show it too, where shapes of models differ.
 * - `one-cell`: rows of equal C, N, D and seed whose losses differ far more than those of neighbouring cells scatter: a sweep of learning rates,
 *   say. `bestPerCell` keeps one of each.
 */
export const independence = (runs: readonly Run[]): readonly Caution[] => {
  checkRuns(runs);
  return [checkpoints(runs), sizesThatShare(runs), sweep(runs)].filter((caution) => caution !== undefined);
};

/** What runs are drawn together by. */
export type ClusterBy = "label" | "N";

/**
 * The name under which a run is drawn with others in a bootstrap by clusters, as checkpoints of one curve.
 * @param by default: the label where every run has one, otherwise size and seed
 * @throws ScalingError `bad-option` for labels that not every run has
 */
export const clusterOf = (runs: readonly Run[], by?: ClusterBy): ((run: Run) => string) => {
  const labelled = runs.every(({ label }) => label !== undefined);
  if (by === "label" && !labelled) throw badOption("cluster", by, "labels in all rows");
  if (labelled && by !== "N") return ({ label }) => label!;
  return by === "N" ? ({ N }) => String(N) : ({ N, seed }) => `${N} ${seed ?? ""}`;
};

/** The clusters of all runs, in their order; see {@link clusterOf}. */
export const clustersOf = (runs: readonly Run[], by?: ClusterBy): readonly string[] => runs.map(clusterOf(runs, by));

const percent = (share: number): string => `${(100 * share).toPrecision(2)} %`;

const checkpoints = (runs: readonly Run[]): Caution | undefined => {
  if (labelsNameStudies(runs)) return undefined;
  const labels = [...grouped(runs, ({ label }) => label)]
    .filter(([label]) => label !== undefined)
    .map(([, some]) => some);
  // One label a size may name the size, and its rows be runs.
  if (labels.length <= new Set(runs.map(({ N }) => N)).size) return undefined;
  const curves = labels.filter((some) => new Set(some.map(({ D }) => D)).size >= CURVE);
  const rows = curves.reduce((sum, some) => sum + some.length, 0);
  if (rows === 0) return undefined;
  const message = `${rows} of ${runs.length} rows are of ${curves.length} labels with ${CURVE} or more token counts each: checkpoints of one run are not independent, and intervals are too narrow`;
  return { kind: "one-run", rows, message };
};

/** A run with the logarithm of its loss. */
interface Point {
  readonly run: Run;
  readonly y: number;
}

const kindsIn = (runs: readonly Run[]) => kindsOf(runs.map((run): Point => ({ run, y: Math.log(run.loss) })));

/** Third differences along ln x, of the lowest losses where several have one x. */
const roughness = (points: readonly Point[], of: (run: Run) => number): number[] => {
  const lowest = [...grouped(points, ({ run }) => of(run))]
    .map(([x, some]) => ({ x: Math.log(x), y: extent(some.map(({ y }) => y))[0] }))
    .sort((a, b) => a.x - b.x);
  return thirdDifferences(
    lowest.map(({ x }) => x),
    lowest.map(({ y }) => y),
  );
};

const sizesThatShare = (runs: readonly Run[]): Caution | undefined => {
  const kinds = kindsIn(runs);
  const sizes = kinds.flatMap(sizesOf);
  const along = sizes.flatMap((size) => roughness(size, ({ D }) => D));
  const across = kinds.flatMap((kind) =>
    [...grouped(kind, ({ run }) => run.D).values()].map((same) => roughness(same, ({ N }) => N)),
  );
  const all = across.flat();
  if (Math.min(along.length, all.length) < LEAST_DIFFERENCES) return undefined;
  const ratio = typicalSize(all) / typicalSize(along);
  // A curve that is no cubic is rough too, but differences of neighbours then have one sign.
  const alternating = across.reduce((sum, row) => sum + row.slice(1).reduce((s, d, i) => s + d * row[i]!, 0), 0) < 0;
  if (!(ratio > SHARED && alternating)) return undefined;
  const rows = sizes.reduce((sum, size) => sum + (size.length >= SIZE_ROWS ? size.length : 0), 0);
  if (rows === 0) return undefined;
  const message = `${rows} of ${runs.length} rows share N with ${SIZE_ROWS - 1} or more others, and losses scatter ${ratio.toPrecision(2)} times as much from size to size as along one size: rows of a size, such as checkpoints of one curve, are not independent, and intervals are too narrow`;
  return { kind: "one-size", rows, message };
};

const sweep = (runs: readonly Run[]): Caution | undefined => {
  const kinds = kindsIn(runs);
  const cells = kinds
    .flatMap((kind) => [...grouped(kind, ({ run }) => `${cellOf(run)} ${run.seed ?? ""}`).values()])
    .filter((cell) => cell.length > 1);
  if (cells.length < LEAST_CELLS) return undefined;
  const spread = quantileSorted(ascending(cells.map(deviation)), 0.5);
  const neighbours = kinds.flatMap((kind) => [
    ...[...grouped(kind, ({ run }) => run.C).values()].flatMap((budget) => roughness(budget, ({ N }) => N)),
    ...sizesOf(kind).flatMap((size) => roughness(size, ({ D }) => D)),
  ]);
  const told = neighbours.length >= LEAST_DIFFERENCES ? SWEEP * typicalSize(neighbours) : SEEDS;
  const least = Math.min(Math.max(SWEEP_LEAST, told), SEEDS);
  if (!(spread > least)) return undefined;
  const rows = cells.reduce((sum, cell) => sum + cell.length, 0);
  const range = quantileSorted(ascending(cells.map((cell) => Math.expm1(rangeOf(cell)))), 0.5);
  const message = `${rows} of ${runs.length} rows share C, N, D and seed with others, and in ${cells.length} such cells losses differ by ${percent(range)} (median), more than seeds do: a sweep of something else is neither noise nor the best that a cell reaches`;
  return { kind: "one-cell", rows, message };
};

const rangeOf = (cell: readonly Point[]): number => {
  const sorted = ascending(cell.map(({ y }) => y));
  return sorted.at(-1)! - sorted[0]!;
};

/** Standard deviation of ln L in a cell. */
const deviation = (cell: readonly Point[]): number => {
  const mean = cell.reduce((sum, { y }) => sum + y, 0) / cell.length;
  return Math.sqrt(cell.reduce((sum, { y }) => sum + (y - mean) ** 2, 0) / (cell.length - 1));
};

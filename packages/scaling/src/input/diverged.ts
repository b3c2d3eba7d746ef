import { groupByBudget } from "../isoflop/group.js";
import { thirdDifferences, typicalSize } from "../math/differences.js";
import { ascending, quantileSorted } from "../math/quantile.js";
import type { Run } from "../types.js";
import { kindsOf, sizesOf } from "./kinds.js";
import { type CleanRuns, checkRuns, metricOf } from "./runs.js";
import { sift } from "./sift.js";

/** A loss below this multiple of what others reach is no divergence: tuning, seeds and shapes make such differences. */
const LEAST_FACTOR = 1.25;
/** A loss within so many standard deviations of the noise is noise; see the README for the false alarms that this leaves. */
const NOISE = 10;
/** More than so many, or than this share of the table, is no accident. */
const MOST = 3;
const MOST_SHARE = 0.05;
/** At the end of a budget the loss must rise by this many times the range of all the others. */
const END_RANGES = 3;
/** …and by this factor, over a step no wider than this multiple of the median of the others. */
const END_FACTOR = 1.5;
const END_STEP = 1.5;
/** Other sizes that a budget must have for its ends to be judged. */
const END_SIZES = 4;
/** Differences from which the noise can be told. */
const LEAST_DIFFERENCES = 2;
/** A median of few differences may be far too small: with n of them the noise is taken to be 1 + this / n times as large. */
const FEW = 12;

export interface DivergedOptions {
  /** A metric instead of the loss; runs without it stay as they are. */
  readonly quantity?: string | undefined;
}

/** What is left without the runs that diverged. */
export interface SoundRuns extends CleanRuns {
  /** Why nothing was left out although losses are far above others: so many are no accident. */
  readonly caution?: string;
}

/** A run with its logarithm of what is fitted. */
interface Point {
  readonly index: number;
  readonly run: Run;
  readonly y: number;
}

/** How far a run lies above what the others allow, and which of them say so. */
interface Excess {
  readonly point: Point;
  readonly above: number;
  readonly witness: Point;
  readonly because: string;
}

/**
 * Leaves out runs whose loss is finite and absurd: a training that diverged and was evaluated all the same. Only losses that are too high
 * are looked at, and no curve is fitted: what a run's loss can be at most follows from
 *
 * - the second-lowest loss of the runs with no more parameters and no more tokens per parameter, as more of both makes no loss worse (more
 *   parameters alone can: models with few tokens per parameter are not yet trained, as in the runs of Porian et al. 2406.19146);
 * - within a budget, the higher of the lowest losses on its two sides, as a budget has one valley;
 * - at the end of a budget with five sizes or more, the highest loss of the others and twice their range above it.
 *
 * A run diverged where its loss is above that by a quarter of it and by ten standard deviations of the noise, which is told from third
 * differences of ln L along the sizes of a budget, or along the tokens of a size (robustly, by their median). Runs that see their data
 * several times (input `U` below D) may rise again and are not looked at (Muennighoff et al. 2305.16264), and runs are compared with those
 * of equal inputs only. Where more than three runs and more than a twentieth of the table would go, the table is another than this rule is
 * for, such as of unlike studies: nothing is left out, and `caution` says so. The rule is ours; its false alarms are measured in the README.
 */
export const divergedRuns = (runs: readonly Run[], options: DivergedOptions = {}): SoundRuns => {
  const { quantity } = options;
  checkRuns(runs);
  const points = runs.flatMap((run, index): Point[] => {
    const value = quantity === undefined ? run.loss : metricOf(run, quantity);
    const { U = Number.POSITIVE_INFINITY } = run.inputs ?? {};
    return value !== undefined && value > 0 && run.D <= U ? [{ index, run, y: Math.log(value) }] : [];
  });
  const kinds = kindsOf(points);
  const found = kinds.flatMap(farAbove);
  const suspects = new Set(found.map(({ point }) => point));
  const noise = suspects.size === 0 ? 0 : noiseOf(kinds.map((kind) => kind.filter((point) => !suspects.has(point))));
  const far = new Map(found.filter(({ above }) => above > NOISE * noise).map((one) => [one.point.index, one]));
  const name = quantity ?? "loss";
  if (far.size > Math.max(MOST, MOST_SHARE * points.length)) {
    const caution = `${far.size} of ${runs.length} rows have a ${name} far above that of smaller models on no more data, too many to have diverged; are these unlike studies, or data seen several times? none was left out`;
    return { runs, dropped: [], caution };
  }
  const { kept, dropped } = sift(runs, "throw", (run, i, drop) => {
    const one = far.get(i);
    return one ? drop(run.row ?? i + 1, "diverged", wordsOf(one, name)) : run;
  });
  return { runs: kept, dropped };
};

const wordsOf = ({ point, witness, because }: Excess, name: string): string => {
  const times = Math.exp(point.y - witness.y).toPrecision(2);
  return `${name} ${Math.exp(point.y).toPrecision(4)} is ${times} times that of row ${witness.run.row ?? witness.index + 1}, ${because}`;
};

const budgetsOf = (points: readonly Point[]): readonly (readonly Point[])[] =>
  groupByBudget(points.map(({ run }, at) => ({ ...run, row: at }))).map(({ runs }) =>
    runs.map(({ row }) => points[row!]!),
  );

/** Runs above what others allow by the least factor; of each the most that is known of it. */
const farAbove = (points: readonly Point[]): readonly Excess[] => {
  const budgets = budgetsOf(points);
  const found = new Map<Point, Excess>();
  const add = (excess: readonly Excess[]) => {
    for (const one of excess) {
      if (one.above <= Math.log(LEAST_FACTOR)) continue;
      if (one.above > (found.get(one.point)?.above ?? 0)) found.set(one.point, one);
    }
  };
  add(aboveSmaller(points));
  for (const budget of budgets) add(aboveValley(budget));
  // What is known to be too high says nothing of how high the ends may be.
  for (const budget of budgets) add(aboveOthers(budget.filter((point) => !found.has(point))));
  return [...found.values()];
};

/** The two lowest of what was put in, by prefixes of ranks (Fenwick 1994). */
class LowestTwo {
  readonly #first: (Point | undefined)[];
  readonly #second: (Point | undefined)[];

  constructor(size: number) {
    this.#first = Array.from({ length: size + 1 });
    this.#second = Array.from({ length: size + 1 });
  }

  add(rank: number, point: Point): void {
    for (let i = rank + 1; i < this.#first.length; i += i & -i) {
      const first = this.#first[i];
      if (!first || point.y < first.y) {
        this.#second[i] = first;
        this.#first[i] = point;
      } else if (!this.#second[i] || point.y < this.#second[i]!.y) this.#second[i] = point;
    }
  }

  /** The second-lowest of ranks up to this one. */
  second(rank: number): Point | undefined {
    let first: Point | undefined;
    let second: Point | undefined;
    for (let i = rank + 1; i > 0; i -= i & -i) {
      for (const point of [this.#first[i], this.#second[i]]) {
        if (!point) continue;
        if (!first || point.y < first.y) [first, second] = [point, first];
        else if (!second || point.y < second.y) second = point;
      }
    }
    return second;
  }
}

/** Tokens per parameter, equal where rounding is all that differs. */
const rationOf = ({ N, D }: Run): number => Math.round(1e6 * Math.log(D / N));

const aboveSmaller = (points: readonly Point[]): Excess[] => {
  const rations = [...new Set(points.map(({ run }) => rationOf(run)))].sort((a, b) => a - b);
  const rankOf = new Map(rations.map((ration, rank) => [ration, rank]));
  const lowest = new LowestTwo(rations.length);
  return sizesOf(points).flatMap((size) => {
    const ranked = size.map((point) => ({ point, rank: rankOf.get(rationOf(point.run))! }));
    for (const { point, rank } of ranked) lowest.add(rank, point);
    return ranked.flatMap(({ point, rank }): Excess[] => {
      const witness = lowest.second(rank);
      if (!witness || witness === point) return [];
      return [
        { point, above: point.y - witness.y, witness, because: "which has no more parameters and no more tokens" },
      ];
    });
  });
};

const lower = (a: Point | undefined, b: Point): Point => (a && a.y <= b.y ? a : b);

const aboveValley = (budget: readonly Point[]): Excess[] => {
  const sizes = sizesOf(budget);
  const left: (Point | undefined)[] = [undefined];
  const right: (Point | undefined)[] = [undefined];
  for (let i = 0; i < sizes.length; i++) {
    left.push(sizes[i]!.reduce<Point | undefined>(lower, left[i]));
    right.push(sizes[sizes.length - 1 - i]!.reduce<Point | undefined>(lower, right[i]));
  }
  return sizes.flatMap((points, i) => {
    const [a, b] = [left[i], right[sizes.length - 1 - i]];
    if (!a || !b) return [];
    const witness = a.y > b.y ? a : b;
    const because = "which both smaller and larger models reach at this compute";
    return points.map((point) => ({ point, above: point.y - witness.y, witness, because }));
  });
};

const aboveOthers = (budget: readonly Point[]): Excess[] => {
  const sizes = sizesOf(budget);
  if (sizes.length <= END_SIZES) return [];
  const steps = sizes.slice(1).map((size, i) => Math.log(size[0]!.run.N / sizes[i]![0]!.run.N));
  return [
    { end: sizes[0]!, others: sizes.slice(1), step: steps[0]!, within: steps.slice(1) },
    { end: sizes.at(-1)!, others: sizes.slice(0, -1), step: steps.at(-1)!, within: steps.slice(0, -1) },
  ].flatMap(({ end, others, step, within }) => {
    if (step > END_STEP * quantileSorted(ascending(within), 0.5)) return [];
    const ordered = others.flat().sort((a, b) => a.y - b.y);
    const [lowest, witness] = [ordered[0]!, ordered.at(-1)!];
    const most = Math.max(Math.log(END_FACTOR), END_RANGES * (witness.y - lowest.y));
    const because = "the highest of all other sizes at this compute";
    return end.flatMap((point) =>
      point.y - witness.y > most ? [{ point, above: point.y - witness.y, witness, because }] : [],
    );
  });
};

/**
 * Standard deviation of ln L about smooth curves: third differences of four neighbours are free of any quadratic, and their median of
 * any outlier. Infinite where there are too few.
 */
const noiseOf = (kinds: readonly (readonly Point[])[]): number => {
  const across = kinds.flatMap(budgetsOf).flatMap((budget) => roughness(budget, ({ N }) => N));
  const along = kinds.flatMap(sizesOf).flatMap((size) => roughness(size, ({ D }) => D));
  const differences = across.length >= LEAST_DIFFERENCES ? across : along;
  if (differences.length < LEAST_DIFFERENCES) return Number.POSITIVE_INFINITY;
  return typicalSize(differences) * (1 + FEW / differences.length);
};

/** Third differences of y along ln x, of the lowest where several have one x. */
const roughness = (points: readonly Point[], of: (run: Run) => number): number[] => {
  const sorted = [...points].sort((a, b) => of(a.run) - of(b.run) || a.y - b.y);
  const distinct = sorted.filter((point, i) => i === 0 || of(point.run) > of(sorted[i - 1]!.run));
  return thirdDifferences(
    distinct.map(({ run }) => Math.log(of(run))),
    distinct.map(({ y }) => y),
  );
};

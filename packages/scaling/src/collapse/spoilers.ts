import { ascending, quantileSorted } from "../math/quantile.js";
import { normals, random } from "../math/random.js";

/** Curves at common places, as ln ℓ: rows of numbers. */
export type Rows = readonly (readonly number[])[];

export interface Sizes {
  readonly draws: number;
  readonly seed: number;
  /** Chance of a false alarm among all runs. */
  readonly level: number;
}

/** Which runs are not of one curve with the others. */
export interface Sifted {
  /** In the order in which they were set aside. */
  readonly spoilers: readonly number[];
  /** By run: chance that any of as many runs alike deviates as much. */
  readonly pValues: readonly number[];
}

/** With fewer there is no curve of the others. */
const FEWEST_HELD = 4;

/**
 * Sets the run aside that is furthest from the curve of the others, again and again, up to a third of them; those before the last that is clearly
 * off are the spoilers, so that two which hide each other are found (generalised many-outlier test, Rosner 1983). Chances are from as many runs alike,
 * drawn with the covariance of the runs' own deviations and sifted in the same way: a run is clear where its stage is rarer than the rarest of
 * all stages is in one of 1/`level` draws.
 */
export const sift = (rows: Rows, { draws, seed, level }: Sizes): Sifted => {
  const inner = rows.map((row) => row.slice(0, -1));
  const stages = Math.max(1, Math.min(rows.length - FEWEST_HELD, Math.floor(rows.length / 3)));
  const draw = drawer(inner, seed);
  const drawn = Array.from({ length: draws }, (_, i) => setAside(draw(i), stages).sizes);
  const perStage = Array.from({ length: stages }, (_, s) => ascending(drawn.map((sizes) => sizes[s]!)));
  const chance = (s: number, size: number) => (1 + atLeast(perStage[s]!, size)) / (1 + draws);
  const rarest = ascending(drawn.map((sizes) => sizes.reduce((least, size, s) => Math.min(least, chance(s, size)), 1)));
  const enough = quantileSorted(rarest, level);
  const { order, sizes } = setAside(inner, stages);
  const chances = sizes.map((size, s) => chance(s, size));
  const count = 1 + chances.findLastIndex((p) => p < enough);
  const spoilers = order.slice(0, count);
  const held = rows.map((_, r) => r).filter((r) => !spoilers.includes(r));
  const own = new Map(deviationsOf(held.map((r) => inner[r]!)).map((size, i) => [held[i]!, size]));
  const overall = (p: number) => (1 + rarest.filter((other) => other <= p).length) / (1 + draws);
  const pValues = rows.map((_, r) => {
    const stage = spoilers.indexOf(r);
    // What comes after it and is clear makes it clear.
    if (stage >= 0) return overall(Math.min(...chances.slice(stage, count)));
    return chance(Math.min(count, stages - 1), own.get(r)!);
  });
  return { spoilers, pValues };
};

/** How many of ascending values are at least so large. */
const atLeast = (sorted: readonly number[], value: number): number => {
  const first = sorted.findIndex((other) => other >= value);
  return first < 0 ? 0 : sorted.length - first;
};

/** The runs in the order in which they are set aside, and how far each was from the others then. */
const setAside = (rows: Rows, stages: number): { readonly order: number[]; readonly sizes: number[] } => {
  let left = rows.map((_, r) => r);
  const order: number[] = [];
  const sizes: number[] = [];
  for (let stage = 0; stage < stages; stage++) {
    const found = deviationsOf(left.map((r) => rows[r]!));
    const worst = found.reduce((most, size, i) => (size > found[most]! ? i : most), 0);
    order.push(left[worst]!);
    sizes.push(found[worst]!);
    left = left.toSpliced(worst, 1);
  }
  return { order, sizes };
};

/** Distance of a run from those that hold, in units of what a run of theirs would have: root mean square, places of more scatter counting less. */
export const deviationFrom = (held: Rows, row: readonly number[]): number => {
  const sizes = deviationsOf([...held, row].map((one) => one.slice(0, -1)));
  return Math.sqrt(sizes.at(-1)!);
};

/** A look needs as many places. */
const FIRST_LOOK = 3;

/**
 * From which place on a spoiler is seen by its shape alone, its end not being known: every curve less its mean over the places so far, against those of the runs that hold. A
 * look counts where it and all later ones are rarer than the rarest of all looks is in one of 1/`level` draws of runs like them.
 */
export const seenAt = (held: Rows, row: readonly number[], { draws, seed, level }: Sizes): number | undefined => {
  const looks = Array.from({ length: row.length - FIRST_LOOK }, (_, i) => i + FIRST_LOOK);
  const shapes = (some: Rows) => looks.map((count) => deviationsOf(some.map((one) => centred(one.slice(0, count)))));
  const draw = drawer(held, seed);
  const drawn = Array.from({ length: draws }, (_, i) =>
    shapes([...draw(i), draw(draws + i)[0]!]).map((all) => Math.max(...all)),
  );
  const perLook = looks.map((_, k) => ascending(drawn.map((sizes) => sizes[k]!)));
  const chance = (k: number, size: number) => (1 + atLeast(perLook[k]!, size)) / (1 + draws);
  const rarest = ascending(drawn.map((sizes) => sizes.reduce((least, size, k) => Math.min(least, chance(k, size)), 1)));
  const enough = quantileSorted(rarest, level);
  const own = shapes([...held, row]).map((sizes) => sizes.at(-1)!);
  const hidden = looks.findLastIndex((_, k) => !(chance(k, own[k]!) < enough));
  const first = looks[hidden + 1];
  return first === undefined ? undefined : first - 1;
};

const centred = (row: readonly number[]): number[] => {
  const mean = row.reduce((s, v) => s + v, 0) / row.length;
  return row.map((v) => v - mean);
};

/** Mean square deviation of each row from the others, over what is expected of one like them. */
const deviationsOf = (rows: Rows): number[] => {
  const n = rows.length;
  const others = n - 1;
  const [above, below] = [new Array<number>(n).fill(0), new Array<number>(n).fill(0)];
  for (const k of rows[0]!.keys()) {
    let [sum, squares] = [0, 0];
    for (const row of rows) sum += row[k]!;
    for (const row of rows) squares += (row[k]! - sum / n) ** 2;
    if (!(squares > 0)) continue;
    for (let r = 0; r < n; r++) {
      const off = rows[r]![k]! - sum / n;
      // From the mean of the others it is further off than from that of all, and their squares are about their own mean.
      const distance = (off * n) / others;
      const left = Math.max(0, squares - (off ** 2 * n) / others);
      above[r]! += distance ** 2 / squares;
      below[r]! += ((left / (others - 1)) * (1 + 1 / others)) / squares;
    }
  }
  return above.map((value, r) => (value > 0 ? value / below[r]! : 0));
};

/** As many runs alike, with the covariance of the rows' deviations. */
const drawer = (rows: Rows, seed: number): ((draw: number) => number[][]) => {
  const places = rows[0]!.length;
  const mean = Array.from({ length: places }, (_, k) => rows.reduce((s, row) => s + row[k]!, 0) / rows.length);
  const deviations = rows.map((row) => row.map((v, k) => v - mean[k]!));
  return (draw) => {
    const normal = normals(random(seed, draw));
    return rows.map(() => {
      const row = new Array<number>(places).fill(0);
      for (const deviation of deviations) {
        const size = normal();
        for (let k = 0; k < places; k++) row[k]! += size * deviation[k]!;
      }
      return row;
    });
  };
};

import { badOption, ScalingError } from "../errors.js";
import { extent } from "../math/extent.js";
import { random } from "../math/random.js";
import { spaced } from "../math/spaced.js";
import type { Comparison } from "../records/comparison.js";
import type { Flops } from "../types.js";
import { crossingOf } from "./crossing.js";
import { constantNames } from "./curve.js";
import { type Pair, type Pairs, ranged, spreadOf, tested } from "./pairs.js";
import { BEYOND, type ComputeRange, overlap, windowOf } from "./range.js";
import { computeRatio, trendOf } from "./ratio.js";
import type { Side } from "./side.js";

export interface CompareOptions {
  /** Compute at which they are compared. Default: the least and the largest to which both were fitted, and ten times the largest. */
  readonly at?: readonly Flops[] | undefined;
  /** Draws from the uncertainty of each side, 1 to 10⁶. Default 2000. */
  readonly draws?: number | undefined;
  readonly seed?: number | undefined;
  /** What is compared, where the sides do not say. Default `loss`. */
  readonly quantity?: string | undefined;
}

/** Quantiles of more are no better, and all are held at once. */
const MOST_DRAWS = 1e6;

/**
 * Two curves of the optimal loss against compute: which is better where, by how much compute, whether that is the same at every compute,
 * and where they cross, each by draws from both. The sides are taken to be independent: runs that share seeds or a validation set have
 * errors in common, which makes these intervals too wide, not too short.
 * @throws ScalingError `bad-option` for a number of draws that cannot be, sides of unlike quantities, or no compute to compare at
 */
export const compareSides = (a: Side, b: Side, options: CompareOptions = {}): Comparison => {
  const { draws = 2000, seed = 0 } = options;
  if (!(Number.isInteger(draws) && draws >= 1 && draws <= MOST_DRAWS))
    throw badOption("draws", draws, `a whole number from 1 to ${MOST_DRAWS}`);
  const quantity = quantityOf(a, b, options.quantity);
  const shared = overlap(a.fitted, b.fitted);
  const window = windowOf(a.fitted, b.fitted);
  const computes = options.at ?? whereFitted(a, b, shared);
  const pairs = pairsOf(a, b, draws, seed);
  const at = computes.map((C) => ({
    C,
    a: ranged(pairs, (pair) => pair.a.loss(C), ["a"]),
    b: ranged(pairs, (pair) => pair.b.loss(C), ["b"]),
    difference: tested(pairs, (pair) => pair.b.loss(C) - pair.a.loss(C)),
    effectiveCompute: ranged(pairs, (pair) => computeRatio(pair, C)),
  }));
  const grid = computesDrawn([a, b], [...computes, ...at.map(({ C, effectiveCompute }) => C * effectiveCompute.value)]);
  return {
    record: "comparison",
    quantity,
    a: described(a, pairs, "a", grid),
    b: described(b, pairs, "b", grid),
    ...(window && { window }),
    ...crossingOf(pairs, window),
    trend: trendOf(pairs, shared),
    ratios: placesOf(window ?? extent(grid), shared).map((C) => ({
      C,
      ...ranged(pairs, (pair) => computeRatio(pair, C)),
    })),
    at,
    constants: constantsOf(pairs),
    draws: pairs.drawn.length,
    seed,
  };
};

const quantityOf = (a: Side, b: Side, asked: string | undefined): string => {
  const names = new Set([asked, a.quantity, b.quantity].filter((name) => name !== undefined));
  if (names.size <= 1) return [...names][0] ?? "loss";
  const message = `${a.name} is of ${a.quantity ?? "loss"} and ${b.name} of ${b.quantity ?? "loss"}; expected one quantity${asked === undefined ? "" : `, ${asked}`}`;
  throw new ScalingError("bad-option", message);
};

const pairsOf = (a: Side, b: Side, draws: number, seed: number): Pairs => {
  const [as, bs] = [a.draws(draws, random(seed, 0)), b.draws(draws, random(seed, 1))];
  const count = Math.min(as.length, bs.length);
  for (const [{ name }, drawn] of [[a, as] as const, [b, bs] as const])
    if (drawn.length === 0)
      throw new ScalingError("bad-value", `no draw from the uncertainty of ${name} has an optimum at a compute`);
  return {
    best: { a: a.curve, b: b.curve },
    errorless: [...(a.errorless ? (["a"] as const) : []), ...(b.errorless ? (["b"] as const) : [])],
    drawn: Array.from({ length: count }, (_, i) => ({ a: as[i]!, b: bs[i]! })),
  };
};

const whereFitted = ({ fitted: a }: Side, { fitted: b }: Side, shared: ComputeRange | undefined): Flops[] => {
  if (shared) return [...shared, BEYOND * shared[1]];
  const [, most] = extent([...(a ?? []), ...(b ?? [])]);
  if (most > 0) return [most, BEYOND * most];
  throw new ScalingError("bad-option", "at is missing; neither side says which compute it was fitted to");
};

/** A compute further than this from what was fitted or asked is told in words. */
const NEAR = 1e4;
const POINTS = 61;
const WINDOW_POINTS = 41;

/** From below what both were fitted to, to a decade beyond, and to whatever is told of them nearby. */
const computesDrawn = (sides: readonly Side[], told: readonly Flops[]): Flops[] => {
  const [low, high] = extent(sides.flatMap(({ fitted }) => fitted ?? []));
  const known = high > 0 ? [low, BEYOND * high] : [told[0]!];
  const near = told.filter((C) => C > known[0]! / NEAR && C < known.at(-1)! * NEAR);
  return spaced(...extent([...known, ...near]), POINTS);
};

/** Places in the window, the ends of what both were fitted to among them. */
const placesOf = ([low, high]: ComputeRange, shared: ComputeRange | undefined): Flops[] =>
  [...new Set([...spaced(low, high, WINDOW_POINTS), ...(shared ?? [])])].sort((a, b) => a - b);

const described = (side: Side, pairs: Pairs, of: keyof Pair, computes: readonly Flops[]): Comparison["a"] => {
  const { name, law, caution, fitted, points } = side;
  return {
    name,
    law,
    ...(caution !== undefined && { caution }),
    ...(fitted && { fitted }),
    points,
    curve: computes.map((C) => {
      const { value, ci95 } = ranged(pairs, (pair) => pair[of].loss(C), [of]);
      return { C, loss: value, ci95 };
    }),
  };
};

/** Those that both sides have, and how far apart they are. */
const constantsOf = (pairs: Pairs): Comparison["constants"] => {
  const [first] = pairs.drawn;
  const shared = constantNames.filter(
    (name) => first?.a.constants[name] !== undefined && first.b.constants[name] !== undefined,
  );
  return Object.fromEntries(
    shared.map((name) => {
      // A curve that is none of its draws has their medians.
      const of = (side: keyof Pair) => {
        const values = pairs.drawn.map((pair) => pair[side].constants[name]!);
        return { value: pairs.best[side].constants[name] ?? median(values), ci95: spreadOf(pairs, values, [side]) };
      };
      const [a, b] = [of("a"), of("b")];
      const apart = tested(pairs, (pair) => pair.b.constants[name]! - pair.a.constants[name]!);
      return [name, { a, b, difference: { ...apart, value: b.value - a.value } }];
    }),
  );
};

const median = (values: readonly number[]): number => [...values].sort((x, y) => x - y)[Math.floor(values.length / 2)]!;

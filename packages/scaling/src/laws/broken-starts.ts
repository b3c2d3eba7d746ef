import { extent } from "../math/extent.js";
import { leastSquares } from "../math/linear.js";

/** f ln(1 + (x/d)^(1/f)): zero before the break, ln (x/d) after it. */
export const bend = (lx: number, at: number, width: number): number => {
  const v = (lx - at) / width;
  return width * (v > 30 ? v : Math.log1p(Math.exp(v)));
};

/** Floors as shares of the smallest y. */
const FLOORS = [0, 0.1, 0.3, 0.6, 0.85, 0.95, 0.99];
/** Break points and widths as shares of the range of ln x. */
const PLACES = Array.from({ length: 11 }, (_, i) => (i + 0.5) / 11);
const WIDTHS = [0.015, 0.06, 0.2, 0.5];
/** Starts kept of each floor and width. */
const KEPT = 2;

/**
 * With floor, break points and widths given, ln (y − a) is linear in the rest: every cell of the grid is one linear fit, and the best
 * cells are where the search begins.
 */
export const startingPoints = (
  u: readonly number[],
  ly: readonly number[],
  breaks: number,
  weights?: readonly number[],
): number[][] => {
  const [low, high] = extent(u);
  const lowest = Math.exp(extent(ly)[0]);
  const points = PLACES.map((share) => low + share * (high - low));
  const places =
    breaks === 1 ? points.map((d) => [d]) : points.flatMap((d, i) => points.slice(i + 1).map((e) => [d, e]));
  return FLOORS.flatMap((share) =>
    WIDTHS.flatMap((part) => {
      const width = part * (high - low);
      const fits = places.flatMap((at) => givenShape({ u, ly, weights }, share * lowest, at, width) ?? []);
      return fits
        .sort((a, b) => a.rss - b.rss)
        .slice(0, KEPT)
        .map(({ theta }) => theta);
    }),
  );
};

interface Points {
  readonly u: readonly number[];
  readonly ly: readonly number[];
  readonly weights: readonly number[] | undefined;
}

const givenShape = (
  { u, ly, weights }: Points,
  floor: number,
  at: readonly number[],
  width: number,
): { readonly theta: number[]; readonly rss: number } | undefined => {
  const reducible = ly.map((v) => Math.exp(v) - floor);
  const fit = leastSquares(
    u.map((v) => [1, -v, ...at.map((d) => -bend(v, d, width))]),
    reducible.map(Math.log),
    // d ln y = (y − a)/y · d ln (y − a).
    reducible.map((v, i) => (weights?.[i] ?? 1) * (v / Math.exp(ly[i]!)) ** 2),
  );
  if (!fit) return undefined;
  const [level, slope, ...changes] = fit.coefficients as [number, number, ...number[]];
  const lnWidth = Math.log(width);
  return {
    theta: [Math.log(floor), level, slope, ...at.flatMap((d, k) => [d, changes[k]!, lnWidth])],
    rss: fit.rss,
  };
};

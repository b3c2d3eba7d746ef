import { segmentOf } from "../math/segment.js";

/** A piecewise cubic through its knots with Akima's local slopes (Akima 1970, J. ACM 17:589). */
export interface AkimaSpline {
  readonly knots: readonly number[];
  at(x: number): number;
}

/** @param x strictly ascending, at least two. */
export const akimaSpline = (x: readonly number[], y: readonly number[]): AkimaSpline => {
  const n = x.length;
  const chord = new Array<number>(n + 3).fill(0);
  for (let i = 0; i < n - 1; i++) chord[i + 2] = (y[i + 1]! - y[i]!) / (x[i + 1]! - x[i]!);
  if (n === 2) chord[3] = chord[2]!;
  chord[1] = 2 * chord[2]! - chord[3]!;
  chord[0] = 2 * chord[1]! - chord[2]!;
  chord[n + 1] = 2 * chord[n]! - chord[n - 1]!;
  chord[n + 2] = 2 * chord[n + 1]! - chord[n]!;
  const left = (i: number) => Math.abs(chord[i + 1]! - chord[i]!);
  const right = (i: number) => Math.abs(chord[i + 3]! - chord[i + 2]!);
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, left(i) + right(i));
  const slope = Array.from({ length: n }, (_, i) => {
    const w1 = right(i);
    const w2 = left(i);
    // Where all four chords agree the weights vanish; the mean of the neighbours is the limit.
    if (w1 + w2 <= 1e-9 * largest) return (chord[i + 1]! + chord[i + 2]!) / 2;
    return (w1 * chord[i + 1]! + w2 * chord[i + 2]!) / (w1 + w2);
  });
  const at = (v: number): number => {
    const i = segmentOf(x, v);
    const h = x[i + 1]! - x[i]!;
    const t = v - x[i]!;
    const m = chord[i + 2]!;
    const c = (3 * m - 2 * slope[i]! - slope[i + 1]!) / h;
    const d = (slope[i]! + slope[i + 1]! - 2 * m) / (h * h);
    return y[i]! + t * (slope[i]! + t * (c + t * d));
  };
  return { knots: x, at };
};

/** Grid points per interval between measured sizes, as Porian et al. (2406.19146) search their spline. */
const GRID_PER_INTERVAL = 25;

/**
 * Minimum of the Akima spline of y over x, on a uniform grid in x. Repeated x are averaged first.
 * @returns `edge` when the smallest value sits on the first or last measured x.
 */
export const akimaMinimum = (
  x: readonly number[],
  y: readonly number[],
): { x: number; y: number; edge: boolean } | undefined => {
  const points = averageRepeats(x, y);
  const intervals = points.x.length - 1;
  if (intervals < 2) return undefined;
  const spline = akimaSpline(points.x, points.y);
  const [low, high] = [points.x[0]!, points.x[intervals]!];
  const count = GRID_PER_INTERVAL * intervals;
  let best = 0;
  let bestValue = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const value = spline.at(low + ((high - low) * i) / (count - 1));
    if (value < bestValue) {
      bestValue = value;
      best = i;
    }
  }
  return { x: low + ((high - low) * best) / (count - 1), y: bestValue, edge: best === 0 || best === count - 1 };
};

/** Ascending x, each with the mean of its y. */
export const averageRepeats = (x: readonly number[], y: readonly number[]): { x: number[]; y: number[] } => {
  const sums = new Map<number, { y: number; count: number }>();
  for (const i of x.map((_, i) => i).sort((a, b) => x[a]! - x[b]!)) {
    const sum = sums.get(x[i]!);
    if (sum) {
      sum.y += y[i]!;
      sum.count++;
    } else sums.set(x[i]!, { y: y[i]!, count: 1 });
  }
  return { x: [...sums.keys()], y: [...sums.values()].map((sum) => sum.y / sum.count) };
};

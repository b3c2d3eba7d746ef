import { logBetween } from "../chart/log.js";
import type { Point } from "../chart/marks.js";

/** A rectangular grid of values on log axes. */
export interface LogGrid {
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** `value[i][j]` at `x[i]`, `y[j]`. */
  readonly value: readonly (readonly number[])[];
}

/**
 * The lines on which the grid has the value `level`, by marching squares (Lorensen and Cline 1987, in two dimensions). Values
 * are taken as linear along each edge in the logarithm of its coordinate, so a plane in ln x and ln y gives exact lines.
 */
export const contours = (grid: LogGrid, level: number): Point[][] => {
  const { x, y, value } = grid;
  const ends = new Map<string, string[]>();
  const points = new Map<string, Point>();
  const join = (a: string, b: string) => {
    ends.set(a, [...(ends.get(a) ?? []), b]);
    ends.set(b, [...(ends.get(b) ?? []), a]);
  };
  /** Crossing of the edge from node (i, j) along one axis; edges are shared by cells, so their names must be too. */
  const crossing = (i: number, j: number, axis: "x" | "y"): string[] => {
    const [k, l] = axis === "x" ? [i + 1, j] : [i, j + 1];
    const [from, to] = [value[i]![j]!, value[k]![l]!];
    if (from >= level === to >= level) return [];
    const share = (level - from) / (to - from);
    const name = `${axis}${i},${j}`;
    points.set(name, { x: logBetween(x[i]!, x[k]!, share), y: logBetween(y[j]!, y[l]!, share) });
    return [name];
  };
  for (let i = 0; i + 1 < x.length; i++) {
    for (let j = 0; j + 1 < y.length; j++) {
      const around = [crossing(i, j, "x"), crossing(i + 1, j, "y"), crossing(i, j + 1, "x"), crossing(i, j, "y")];
      const [b, r, t, l] = around.flat();
      if (b && r && t && l) {
        // A saddle: the middle of the cell decides which corners belong together.
        const middle = (value[i]![j]! + value[i + 1]![j]! + value[i]![j + 1]! + value[i + 1]![j + 1]!) / 4;
        const whole = middle >= level === value[i]![j]! >= level;
        join(b, whole ? r : l);
        join(whole ? l : r, t);
      } else if (b && r) join(b, r);
    }
  }
  return chains(ends).map((chain) => chain.map((name) => points.get(name)!));
};

/** Walks every chain of neighbours from an open end, then what is left, which is closed. */
const chains = (neighbours: ReadonlyMap<string, readonly string[]>): string[][] => {
  const seen = new Set<string>();
  const degree = (name: string) => neighbours.get(name)!.length;
  const starts = [...neighbours.keys()].sort((a, b) => degree(a) - degree(b));
  return starts.flatMap((start) => {
    if (seen.has(start)) return [];
    const chain: string[] = [];
    for (let at: string | undefined = start; at !== undefined; ) {
      seen.add(at);
      chain.push(at);
      at = neighbours.get(at)!.find((name) => !seen.has(name));
    }
    return [degree(start) === 1 ? chain : [...chain, start]];
  });
};

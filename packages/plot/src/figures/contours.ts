import { logBetween } from "../chart/log.js";

/** A point of a contour in data coordinates. */
export interface ContourPoint {
  readonly x: number;
  readonly y: number;
}

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
export const contours = (grid: LogGrid, level: number): ContourPoint[][] => {
  const { x, y, value } = grid;
  const ends = new Map<string, string[]>();
  const points = new Map<string, ContourPoint>();
  const join = (a: string, b: string) => {
    ends.set(a, [...(ends.get(a) ?? []), b]);
    ends.set(b, [...(ends.get(b) ?? []), a]);
  };
  /** Crossing of the edge from node (i, j) along one axis; edges are shared by cells, so their names must be too. */
  const crossing = (i: number, j: number, axis: "x" | "y"): string[] => {
    const from = value[i]![j]!;
    const to = axis === "x" ? value[i + 1]![j]! : value[i]![j + 1]!;
    if (from >= level === to >= level) return [];
    const share = (level - from) / (to - from);
    const between = (a: number, b: number) => logBetween(a, b, share);
    const name = `${axis}${i},${j}`;
    const place =
      axis === "x" ? { x: between(x[i]!, x[i + 1]!), y: y[j]! } : { x: x[i]!, y: between(y[j]!, y[j + 1]!) };
    points.set(name, place);
    return [name];
  };
  for (let i = 0; i + 1 < x.length; i++) {
    for (let j = 0; j + 1 < y.length; j++) {
      const [bottom, right, top, left] = [
        crossing(i, j, "x"),
        crossing(i + 1, j, "y"),
        crossing(i, j + 1, "x"),
        crossing(i, j, "y"),
      ];
      const met = [...bottom, ...right, ...top, ...left];
      if (met.length === 2) join(met[0]!, met[1]!);
      if (met.length < 4) continue;
      // A saddle: the middle of the cell decides which corners belong together.
      const middle = (value[i]![j]! + value[i + 1]![j]! + value[i]![j + 1]! + value[i + 1]![j + 1]!) / 4;
      const [b, r, t, l] = met as [string, string, string, string];
      if (middle >= level === value[i]![j]! >= level) {
        join(b, r);
        join(l, t);
      } else {
        join(b, l);
        join(r, t);
      }
    }
  }
  return chains(ends).map((chain) => chain.map((name) => points.get(name)!));
};

/** Walks every chain of neighbours from an open end, then what is left, which is closed. */
const chains = (neighbours: ReadonlyMap<string, readonly string[]>): string[][] => {
  const seen = new Set<string>();
  const walk = (start: string): string[] => {
    const chain = [start];
    seen.add(start);
    for (let at = start; ; ) {
      const next = neighbours.get(at)!.find((name) => !seen.has(name));
      if (next === undefined) return chain;
      seen.add(next);
      chain.push(next);
      at = next;
    }
  };
  const open = [...neighbours.keys()].filter((name) => neighbours.get(name)!.length === 1);
  const lines = open.flatMap((name) => (seen.has(name) ? [] : [walk(name)]));
  const rings = [...neighbours.keys()].flatMap((name) => {
    if (seen.has(name)) return [];
    const ring = walk(name);
    return [[...ring, ring[0]!]];
  });
  return [...lines, ...rings];
};

import { orthonormal } from "../math/orthonormal.js";
import type { StructureDirection } from "./record.js";

type Along = StructureDirection["along"];
type Shape = StructureDirection["shape"];

/** A named way in which residuals may be no noise, as vectors over the runs. */
export interface Direction {
  readonly along: Along;
  readonly shape: Shape;
  /** As it is seen in a plot of residuals: of length one, without a level, and a curvature without a line. */
  readonly seen: Float64Array;
  /** What of `seen` the form cannot take up, of length one. */
  readonly unit: Float64Array;
}

/** What a form cannot take up. */
export interface Directions {
  /** Orthonormal: the whole quadratic in ln N and ln D, beside what the form spans. */
  readonly quadratic: readonly Float64Array[];
  readonly named: readonly Direction[];
}

/**
 * @param scale of every run, by which `spanned` was multiplied
 * @param spanned an orthonormal basis of what the form's own parameters can take up
 */
export const directions = (
  lnN: Float64Array,
  lnD: Float64Array,
  scale: Float64Array,
  spanned: readonly Float64Array[],
): Directions => {
  const [n, d] = [centred(lnN), centred(lnD)];
  const column = (f: (n: number, d: number) => number) => scale.map((s, i) => s * f(n[i]!, d[i]!));
  const named = (along: Along, shape: Shape, asked: Float64Array, granted: readonly Float64Array[]): Direction[] => {
    const [seen] = orthonormal([asked], orthonormal(granted));
    const [unit] = seen ? orthonormal([seen], spanned) : [];
    return seen && unit ? [{ along, shape, seen, unit }] : [];
  };
  const one = column(() => 1);
  const product = column((n, d) => n * d);
  const lines = LINES.map(([along, of]) => ({
    along,
    line: column(of),
    square: column((n, d) => of(n, d) ** 2),
  }));
  const [N, D] = [lines[0]!, lines[1]!];
  return {
    quadratic: orthonormal([one, N.line, D.line, N.square, D.square, product], spanned),
    named: [
      ...lines.flatMap(({ along, line }) => named(along, "trend", line, [one])),
      ...lines.flatMap(({ along, line, square }) => named(along, "curvature", square, [one, line])),
      ...named("N·D", "interaction", product, [one, N.line, D.line]),
    ],
  };
};

const LINES: readonly (readonly [Along, (n: number, d: number) => number])[] = [
  ["N", (n) => n],
  ["D", (_, d) => d],
  ["C", (n, d) => n + d],
  ["D/N", (n, d) => d - n],
];

const centred = (values: Float64Array): Float64Array => {
  const mean = values.reduce((s, v) => s + v, 0) / values.length;
  return values.map((v) => v - mean);
};

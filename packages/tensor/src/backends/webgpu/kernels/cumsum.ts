import type { KernelOf, View } from "../../../compile/kernel.js";
import type { cumsumOp } from "../../../ops/cumsum.js";
import { sizeOf, sizesOf } from "../../../shape.js";
import type { Dispatch } from "../dispatch.js";
import type { DispatchContext, Variant } from "../variant.js";
import { contiguous } from "../views.js";
import { Module } from "../wgsl/module.js";

/** Elements one invocation scans; longer axes are cut into pieces whose totals are scanned first. */
const PIECE = 128;

interface Scan {
  readonly name: string;
  readonly x: View;
  readonly y: View;
  readonly reverse: boolean;
  /** Per piece and column: what comes before it. */
  readonly before?: View;
  /** Write each piece's total alone, to [outer, pieces, inner]. */
  readonly totals?: boolean;
}

const scan = ({ name, x, y, reverse, before, totals }: Scan, length: number): Dispatch => {
  const [outer, n, inner] = sizesOf(x.shape, 3);
  const pieces = Math.ceil(n / length);
  const module = new Module(name);
  const { parameters: p } = module;
  const buffers = module.bindViews(before ? [x, before] : [x], [y]);
  const [columns, extent] = [p.u32(inner), p.u32(n)];
  const [X, Y] = [buffers.of(x).name, buffers.of(y).name];
  const count = p.u32(pieces);
  // Piece 0 is the first in scan order, so a reversed scan starts with the last elements.
  const position = reverse ? `(${extent} - 1u - i)` : "i";
  return module.perElement(
    [
      `let column = index % ${columns};`,
      `let piece = (index / ${columns}) % ${count};`,
      `let row = index / (${columns} * ${count});`,
      before
        ? `var start = 0.0; if (piece > 0u) { start = ${buffers.of(before).name}[(row * ${count} + piece - 1u) * ${columns} + column]; }`
        : "",
      // A piece is summed by itself: beside what comes before it, its elements may be small.
      "var total = 0.0;",
      `for (var i = piece * ${p.u32(length)}; i < min((piece + 1u) * ${p.u32(length)}, ${extent}); i++) {`,
      `let at = (row * ${extent} + ${position}) * ${columns} + column;`,
      `total += ${X}[at + ${p.u32(x.offset)}];`,
      totals ? "" : `${Y}[at + ${p.u32(y.offset)}] = ${before ? "start + total" : "total"};`,
      "}",
      totals ? `${Y}[index] = total;` : "",
    ],
    outer * pieces * inner,
  );
};

const scanAll = (name: string, x: View, y: View, reverse: boolean, context: DispatchContext): Dispatch[] => {
  const [outer, n, inner] = sizesOf(x.shape, 3);
  if (n <= 2 * PIECE) return [scan({ name, x, y, reverse }, n)];
  const pieces = Math.ceil(n / PIECE);
  const shape = [outer, pieces, inner];
  const partial = (): View => contiguous(context.scratch(sizeOf(shape) * 4), shape);
  const [totals, before] = [partial(), partial()];
  return [
    scan({ name: `${name} (totals)`, x, y: totals, reverse, totals: true }, PIECE),
    ...scanAll(name, totals, before, false, context),
    scan({ name, x, y, reverse, before }, PIECE),
  ];
};

export const cumsum: Variant = {
  op: "cumsum",
  dispatches: ({ name, inputs: [x], outputs: [y], attrs }: KernelOf<typeof cumsumOp>, context) => {
    if (x.shape.some((extent) => extent === 0)) return [];
    return scanAll(name, x, y, attrs.reverse, context);
  },
};

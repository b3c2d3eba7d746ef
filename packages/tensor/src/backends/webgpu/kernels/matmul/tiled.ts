import type { View } from "../../../../compile/kernel.js";
import type { Dispatch } from "../../dispatch.js";
import type { Variant } from "../../lowering.js";
import { Module } from "../../wgsl/module.js";
import { columnStride, type Geometry, geometry, matrixStart, rowStride, splitBatch } from "./geometry.js";

/** A workgroup of `across` x `down` invocations, each with `rows` x `columns` results. */
interface Tile {
  readonly across: number;
  readonly down: number;
  readonly rows: number;
  readonly columns: number;
}

const LARGE: Tile = { across: 16, down: 8, rows: 8, columns: 4 };
const SMALL: Tile = { across: 8, down: 8, rows: 4, columns: 4 };

/** Elements along k staged at a time. */
const DEPTH = 16;

/** Fewer large tiles than this leave a GPU idle; smaller ones then spread the work further. */
const ENOUGH_TILES = 128;

const each = <T>(n: number, f: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => f(i));

const tiles = ({ m, n, batches }: Geometry, { across, down, rows, columns }: Tile) => ({
  height: down * rows,
  width: across * columns,
  tilesM: Math.ceil(m / (down * rows)),
  tilesN: Math.ceil(n / (across * columns)),
  count: Math.ceil(m / (down * rows)) * Math.ceil(n / (across * columns)) * batches,
});

const product = (g: Geometry, name: string, tile: Tile): Dispatch => {
  const { a, b, addend, out, batch, m, n, k } = g;
  const { across, down, rows, columns } = tile;
  const { height, width, tilesM, tilesN, count } = tiles(g, tile);
  const threads = across * down;
  const module = new Module(name);
  const { parameters: p } = module;
  const A = module.bind(a.slot, "f32", "read");
  const B = module.bind(b.slot, "f32", "read");
  const C = module.bind(out.slot, "f32", "read_write");
  const D = addend === undefined ? "" : addend.slot === out.slot ? C : module.bind(addend.slot, "f32", "read");
  const [M, N, K] = [p.u32(m), p.u32(n), p.u32(k)];
  // One column of padding keeps the transposed store of A off a single memory bank.
  const pitch = height + 1;
  module.declare(
    `var<workgroup> tileA: array<f32, ${DEPTH * pitch}>;\nvar<workgroup> tileB: array<f32, ${DEPTH * width}>;`,
  );

  /** Stages a tile; neighbouring invocations read neighbouring memory whichever way the matrix lies. */
  const stage = (
    view: View,
    alongK: "row" | "column",
    extent: number,
    store: (d: string, e: string) => string,
  ): string => {
    const contiguousK = (alongK === "column" ? columnStride(view) : rowStride(view)) === 1;
    const [strideK, strideE] =
      alongK === "column" ? [columnStride(view), rowStride(view)] : [rowStride(view), columnStride(view)];
    const isA = alongK === "column";
    const [buffer, start, first, limit] = isA ? [A, "aStart", "row0", M] : [B, "bStart", "column0", N];
    const split = contiguousK
      ? `let d = t % ${DEPTH}u; let e = t / ${DEPTH}u;`
      : `let d = t / ${extent}u; let e = t % ${extent}u;`;
    return `for (var t = lin; t < ${DEPTH * extent}u; t += ${threads}u) {
${split}
var value = 0.0;
if (${first} + e < ${limit} && depth + d < ${K}) { value = ${buffer}[${start} + (${first} + e) * ${p.u32(strideE)} + (depth + d) * ${p.u32(strideK)}]; }
${store("d", "e")} = value;
}`;
  };

  const [tn, tm] = [p.u32(tilesN), p.u32(tilesM)];
  const lines = [
    `let z = group / (${tn} * ${tm});`,
    splitBatch(batch, p),
    `let row0 = ((group / ${tn}) % ${tm}) * ${height}u;`,
    `let column0 = (group % ${tn}) * ${width}u;`,
    `if (z >= ${p.u32(g.batches)}) { return; }`,
    `let x = lin % ${across}u; let y = (lin / ${across}u) * ${rows}u;`,
    `let aStart = ${matrixStart(a, p)};`,
    `let bStart = ${matrixStart(b, p)};`,
    ...each(rows * columns, (i) => `var s${Math.floor(i / columns)}_${i % columns} = 0.0;`),
    `for (var depth = 0u; depth < ${K}; depth += ${DEPTH}u) {`,
    stage(a, "column", height, (d, e) => `tileA[${d} * ${pitch}u + ${e}]`),
    stage(b, "row", width, (d, e) => `tileB[${d} * ${width}u + ${e}]`),
    "workgroupBarrier();",
    `for (var d = 0u; d < ${DEPTH}u; d++) {`,
    ...each(columns, (j) => `let q${j} = tileB[d * ${width}u + x + ${j * across}u];`),
    ...each(rows, (i) => {
      const sums = each(columns, (j) => `s${i}_${j} += x${i} * q${j};`);
      return `let x${i} = tileA[d * ${pitch}u + y + ${i}u]; ${sums.join(" ")}`;
    }),
    "}",
    "workgroupBarrier();",
    "}",
    `let scale = ${p.f32(g.scale)};`,
    `let cStart = ${matrixStart(out, p)};`,
    `let cRow = ${p.u32(rowStride(out))};`,
    addend ? `let dStart = ${matrixStart(addend, p)};` : "",
  ];
  const [dRow, dColumn] = addend ? [p.u32(rowStride(addend)), p.u32(columnStride(addend))] : ["", ""];
  for (let i = 0; i < rows; i++) {
    lines.push(`if (row0 + y + ${i}u < ${M}) {`, `let r = row0 + y + ${i}u;`);
    for (let j = 0; j < columns; j++) {
      const extra = addend ? ` + ${D}[dStart + r * ${dRow} + c * ${dColumn}]` : "";
      lines.push(
        `{ let c = column0 + x + ${j * across}u; if (c < ${N}) { ${C}[cStart + r * cRow + c] = s${i}_${j} * scale${extra}; } }`,
      );
    }
    lines.push("}");
  }
  return module.dispatch(lines.filter(Boolean).join("\n"), threads, count);
};

/** Tiles of A and B staged in workgroup memory, results in registers: the portable kernel for GPUs. */
export const matmulTiled: Variant = {
  op: "matmul",
  name: "tiled",
  applicable: (info) => !info.software,
  lower: (kernel) => {
    const g = geometry(kernel);
    if (g.m * g.n * g.batches === 0) return [];
    return [product(g, kernel.name, tiles(g, LARGE).count >= ENOUGH_TILES ? LARGE : SMALL)];
  },
};

import type { KernelOf } from "../../../../compile/kernel.js";
import type { matmulOp } from "../../../../ops/matmul.js";
import { lastTwo } from "../../../../shape.js";
import type { Dispatch } from "../../dispatch.js";
import type { Variant } from "../../variant.js";
import { contiguous } from "../../views.js";
import { Module } from "../../wgsl/module.js";
import { finish } from "./finish.js";
import {
  BLOCK,
  columnStride,
  each,
  type Geometry,
  geometry,
  hasAlignedRows,
  matrixStart,
  rowStride,
  splitBatch,
} from "./geometry.js";
import { packRows } from "./pack.js";

/** Rows and quads of columns one invocation accumulates, and invocations side by side in a workgroup. */
const ROWS = 8;
const QUADS = 2;
const LANES = 8;

/** out = scale * a b + addend where every row of b, out and addend is aligned and the addend is not in out's buffer. */
const product = (g: Geometry, name: string): Dispatch => {
  const { a, b, addend, out, batch, m, n, k } = g;
  const module = new Module(name);
  const { parameters: p } = module;
  const A = module.bind(a.slot, "f32", "read", 1);
  const B = module.bind(b.slot, "f32", "read", 4);
  const C = module.bind(out.slot, "f32", "read_write", 4);
  const D = addend && module.bind(addend.slot, "f32", "read", 4);

  const quads = n / 4;
  const tilesN = Math.ceil(quads / (QUADS * LANES));
  const tilesM = Math.ceil(m / ROWS);
  const [lastRow, lastQuad] = [p.u32(m - 1), p.u32(quads - 1)];
  const [tn, tm] = [p.u32(tilesN), p.u32(tilesM)];
  const lines = [
    `let tile = group / ${tn};`,
    `let z = tile / ${tm};`,
    splitBatch(batch, p),
    `let quad = ((group % ${tn}) * ${LANES}u + lin) * ${QUADS}u;`,
    `if (quad > ${lastQuad}) { return; }`,
    // Past the edge the last row and quad are computed again: the same value, stored to the same place.
    ...each(ROWS, (i) => `let r${i} = min((tile % ${tm}) * ${ROWS}u + ${i}u, ${lastRow});`),
    ...each(QUADS, (j) => `let c${j} = min(quad + ${j}u, ${lastQuad});`),
    `let aStart = ${matrixStart(a, p)};`,
    `let aRow = ${p.u32(rowStride(a))};`,
    ...each(ROWS, (i) => `let a${i} = aStart + r${i} * aRow;`),
    `let bStart = ${matrixStart(b, p, 4)};`,
    ...each(QUADS, (j) => `let b${j} = bStart + c${j};`),
    ...each(ROWS, (i) => each(QUADS, (j) => `var s${i}_${j} = vec4<f32>(0.0);`).join(" ")),
    `let aStep = ${p.u32(columnStride(a))};`,
    `let bStep = ${p.u32(rowStride(b) / 4)};`,
    `let scale = ${p.f32(g.scale)};`,
    `let cStart = ${matrixStart(out, p, 4)};`,
    `let cRow = ${p.u32(rowStride(out) / 4)};`,
    `let K = ${p.u32(k)};`,
  ];
  if (addend) {
    const row = rowStride(addend);
    lines.push(`let dStart = ${matrixStart(addend, p, 4)};`);
    if (row === 0) lines.push(...each(QUADS, (j) => `let d${j} = ${D}[dStart + c${j}];`));
    else lines.push(`let dRow = ${p.u32(row / 4)};`);
  }
  const extra = (i: number, j: number): string => {
    if (!addend) return "";
    return rowStride(addend) === 0 ? ` + d${j}` : ` + ${D}[dStart + r${i} * dRow + c${j}]`;
  };
  const multiply = (to: string): string[] => [
    `for (; i < ${to}; i++) {`,
    ...each(QUADS, (j) => `let q${j} = ${B}[b${j} + i * bStep];`),
    ...each(ROWS, (i) => {
      const sums = each(QUADS, (j) => `s${i}_${j} += x${i} * q${j};`);
      return `let x${i} = ${A}[a${i} + i * aStep]; ${sums.join(" ")}`;
    }),
    "}",
  ];
  const results = (f: (at: string, i: number, j: number) => string): string[] =>
    each(ROWS * QUADS, (at) => {
      const [i, j] = [Math.floor(at / QUADS), at % QUADS];
      return f(`${C}[cStart + r${i} * cRow + c${j}]`, i, j);
    });
  lines.push(
    "var i = 0u;",
    ...multiply(k > BLOCK ? `${BLOCK}u` : "K"),
    ...results((at, i, j) => `${at} = s${i}_${j} * scale${extra(i, j)};`),
  );
  if (k > BLOCK)
    lines.push(
      "while (i < K) {",
      ...results((_, i, j) => `s${i}_${j} = vec4<f32>(0.0);`),
      `let end = min(i + ${BLOCK}u, K);`,
      ...multiply("end"),
      // All reads first: a row or quad that is computed twice must be added once.
      ...results((at, i, j) => `s${i}_${j} = ${at} + s${i}_${j} * scale;`),
      ...results((at, i, j) => `${at} = s${i}_${j};`),
      "}",
    );
  return module.dispatch(lines.filter(Boolean).join("\n"), LANES, tilesN * tilesM * g.batches);
};

/**
 * Register tiles without workgroup memory or barriers, for adapters that are CPUs. The invocations of a workgroup share their rows, so that
 * reads of A are the same for all of them (one scalar load and a broadcast instead of a gather), and differ in their columns.
 */
export const matmulRegisters: Variant = {
  op: "matmul",
  dispatches: (kernel: KernelOf<typeof matmulOp>, context) => {
    const g = geometry(kernel);
    if (g.m * g.n * g.batches === 0) return [];
    const dispatches: Dispatch[] = [];
    let ready = g;
    if (!hasAlignedRows(g.b)) {
      const { dispatch, packed } = packRows(g.b, g, kernel.name, context);
      dispatches.push(dispatch);
      ready = { ...g, b: packed, n: lastTwo(packed.shape)[1] };
    }
    const direct = hasAlignedRows(g.out) && (!g.addend || (hasAlignedRows(g.addend) && g.addend.slot !== g.out.slot));
    if (direct) return [...dispatches, product(ready, kernel.name)];
    const columns = Math.ceil(g.n / 4) * 4;
    const wide = contiguous(context.scratch(g.batches * g.m * columns * 4), [...g.batch, g.m, columns]);
    return [
      ...dispatches,
      product({ ...ready, addend: undefined, out: wide, n: columns }, kernel.name),
      ...finish([{ ...wide, shape: g.out.shape }], g, kernel.name, context),
    ];
  },
};

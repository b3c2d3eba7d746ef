import { lastTwo } from "../../../../shape.js";
import type { Module } from "../../wgsl/module.js";
import { columnStride, each, type Geometry, hasAlignedRows, matrixStart, rowStride, transposed } from "./geometry.js";
import { pitchOf, type Tile, threadsOf } from "./tiles.js";

/** Statements that bring tiles of one operand into workgroup memory: `load` to registers, `store` from there. */
export interface Staging {
  readonly declarations: readonly string[];
  load(depth: string): string;
  readonly store: string;
}

/**
 * Stages `depth` x `extent` elements as rows of four along the extent (rows of A, columns of B), ready for products of rows of four.
 * Where memory lies that way and is aligned, one load brings four; else four loads do, with neighbouring invocations on neighbouring memory
 * whichever way the matrix lies. Whole rows of four are stored in either case, so that no two invocations write to one vector.
 * Rows past the matrix repeat its last one and are never stored; terms past the sum are zero.
 */
export const staging = (module: Module, g: Geometry, operand: "A" | "B", tile: Tile): Staging => {
  const { parameters: p } = module;
  // [k, extent]: the staged rows are rows of this view.
  const view = operand === "A" ? transposed(g.a) : g.b;
  const [extent, first] = operand === "A" ? [tile.height, "row0"] : [tile.width, "column0"];
  const [, limit] = lastTwo(view.shape);
  const { depth } = tile;
  const threads = threadsOf(tile);
  const quads = extent / 4;
  const aligned = hasAlignedRows(view);
  const buffer = module.bind(view.slot, "f32", "read", aligned ? 4 : 1);
  const [along, across] = [p.u32(rowStride(view) / (aligned ? 4 : 1)), p.u32(columnStride(view))];
  const start = `${operand}Start`;
  const name = (what: string, i: number): string => `${what}${operand}${i}`;
  const alongDepth = !aligned && rowStride(view) === 1;
  const exactDepth = g.k % depth === 0;
  const exactExtent = limit % extent === 0;
  const count = (depth * quads) / threads;
  const items = each(count, (i) => {
    const t = i === 0 ? "lin" : `(lin + ${i * threads}u)`;
    const [d, q] = alongDepth ? [`${t} % ${depth}u`, `${t} / ${depth}u`] : [`${t} / ${quads}u`, `${t} % ${quads}u`];
    const lines = [`let ${name("d", i)} = ${d};`, `let ${name("q", i)} = ${q};`];
    const element = (c: number): string => {
      const at = `${first} + ${name("q", i)} * 4u + ${c}u`;
      return exactExtent ? at : `min(${at}, ${p.u32(limit - 1)})`;
    };
    if (aligned) {
      const at = `${first} / 4u + ${name("q", i)}`;
      const column = exactExtent ? at : `min(${at}, ${p.u32(limit / 4 - 1)})`;
      lines.push(`let ${name("o", i)} = ${start} + ${column} + ${name("d", i)} * ${along};`);
    } else
      for (const c of [0, 1, 2, 3])
        lines.push(`let ${name("o", i)}_${c} = ${start} + (${element(c)}) * ${across} + ${name("d", i)} * ${along};`);
    return [...lines, `var ${name("v", i)} = vec4<f32>(0.0);`].join("\n");
  });
  return {
    declarations: [`let ${start} = ${matrixStart(view, p, aligned ? 4 : 1)};`, ...items],
    load: (from) =>
      [
        `{ let step = (${from}) * ${along};`,
        ...each(count, (i) => {
          const value = aligned
            ? `${buffer}[${name("o", i)} + step]`
            : `vec4<f32>(${[0, 1, 2, 3].map((c) => `${buffer}[${name("o", i)}_${c} + step]`).join(", ")})`;
          const inside = exactDepth ? value : `select(vec4<f32>(0.0), ${value}, ${from} + ${name("d", i)} < K)`;
          return `${name("v", i)} = ${inside};`;
        }),
        "}",
      ].join("\n"),
    store: each(count, (i) => `stage${operand}[${name("d", i)}][${name("q", i)}] = ${name("v", i)};`).join("\n"),
  };
};

/** Workgroup memory for the stages of both operands. */
export const stageDeclarations = ({ height, width, depth }: Tile): string =>
  [["A", height] as const, ["B", width] as const]
    .map(
      ([operand, extent]) => `var<workgroup> stage${operand}: array<array<vec4<f32>, ${pitchOf(extent)}>, ${depth}>;`,
    )
    .join("\n");

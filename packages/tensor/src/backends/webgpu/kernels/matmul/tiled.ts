import type { KernelOf, View } from "../../../../compile/kernel.js";
import type { matmulOp } from "../../../../ops/matmul.js";
import type { Dispatch } from "../../dispatch.js";
import type { DispatchContext, Variant } from "../../variant.js";
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
  transposed,
} from "./geometry.js";
import { packedBytes, packRows } from "./pack.js";
import { stageDeclarations, staging } from "./staging.js";
import { chooseTiling, scratchRoom, type Tile, type Tiling, threadsOf, tilesOf } from "./tiles.js";

/** Rows of tiles that workgroups walk down before the next column, so that those at work at one time share what is in the cache. */
const BAND = 8;

/** Invocations that read workgroup memory together on most GPUs: as near to a square of them as rows of four allow share the most. */
const TOGETHER = 32;
const TOGETHER_ACROSS = 8;

/** Which tile a workgroup computes: `z`, `row0`, `column0`, and the terms from `begin` to `end`. */
const place = (g: Geometry, { tile, splits, span }: Tiling, module: Module): string[] => {
  const { parameters: p } = module;
  const { down, across } = tilesOf(g, tile);
  return [
    `let tiles = ${p.u32(down * across)}; let share = group / tiles; let tile = group % tiles;`,
    `if (share >= ${p.u32(g.batches * splits)}) { return; }`,
    splits === 1 ? "let z = share;" : `let z = share % ${p.u32(g.batches)}; let split = share / ${p.u32(g.batches)};`,
    splitBatch(g.batch, p),
    `let across = ${p.u32(across)};`,
    `let band = tile / (across * ${BAND}u); let inBand = tile % (across * ${BAND}u);`,
    `let high = min(${BAND}u, ${p.u32(down)} - band * ${BAND}u);`,
    `let row0 = (band * ${BAND}u + inBand % high) * ${tile.height}u;`,
    `let column0 = (inBand / high) * ${tile.width}u;`,
    `let K = ${p.u32(g.k)};`,
    ...(splits === 1
      ? ["let begin = 0u; let end = K;"]
      : [`let begin = split * ${p.u32(span)}; let end = min(begin + ${p.u32(span)}, K);`]),
  ];
};

/** Where in the tile an invocation is: `x` and `y` in units of rows of four. */
const seat = ({ height, width, rows, columns }: Tile): string[] => {
  const [down, across] = [height / rows, width / columns];
  const wide = Math.min(TOGETHER_ACROSS, across);
  const high = Math.min(TOGETHER / wide, down);
  const block = wide * high;
  return [
    `let seat = lin % ${block}u; let block = lin / ${block}u;`,
    `let x = (block % ${across / wide}u) * ${wide}u + seat % ${wide}u;`,
    `let y = (block / ${across / wide}u) * ${high}u + seat / ${wide}u;`,
  ];
};

/**
 * Adds `depth` products to every result of an invocation. Every step is written out: an H100 then runs 4096 x 4096 x 4096 at 41 TFLOP/s, with four
 * steps at a time in a loop at 39; a program's first run takes a second longer.
 */
const multiply = ({ height, width, rows, columns, depth }: Tile): string =>
  each(depth, (d) =>
    [
      "{",
      ...each(rows / 4, (i) => `let a${i} = stageA[${d}u][y + ${(i * height) / rows}u];`),
      ...each(columns / 4, (j) => `let b${j} = stageB[${d}u][x + ${(j * width) / columns}u];`),
      ...each(rows, (r) => {
        const a = `vec4<f32>(a${r >> 2}.${"xyzw"[r & 3]})`;
        return each(columns / 4, (j) => `s${r}_${j} = fma(${a}, b${j}, s${r}_${j});`).join(" ");
      }),
      "}",
    ].join("\n"),
  ).join("\n");

/** Statements that put an invocation's sums into the result: the first time with the addend, later on top of what is there. */
const output = (
  g: Geometry,
  { tile }: Tiling,
  module: Module,
  splitStride: number,
  isFirst: string | undefined,
): string[] => {
  const { out, addend, m, n } = g;
  const { height, width, rows, columns } = tile;
  const { parameters: p } = module;
  const inPlace = addend?.slot === out.slot;
  const wide = hasAlignedRows(out) && !(inPlace && !hasAlignedRows(addend));
  const wideAddend = wide && addend !== undefined && hasAlignedRows(addend);
  const unit = wide ? 4 : 1;
  const C = module.bind(out.slot, "f32", "read_write", unit);
  const D = addend && (inPlace ? C : module.bind(addend.slot, "f32", "read", wideAddend ? 4 : 1));
  const split = splitStride === 0 ? "" : ` + split * ${p.u32(splitStride / unit)}`;
  const lines = [
    `let scale = ${p.f32(g.scale)};`,
    `let cStart = ${matrixStart(out, p, unit)}${split};`,
    `let cRow = ${p.u32(rowStride(out) / unit)};`,
  ];
  if (addend)
    lines.push(
      `let dStart = ${matrixStart(addend, p, wideAddend ? 4 : 1)};`,
      `let dRow = ${p.u32(rowStride(addend) / (wideAddend ? 4 : 1))};`,
      `let dColumn = ${p.u32(columnStride(addend))};`,
    );
  const extra = (quad: string, part: number): string => {
    if (wideAddend) return `${D}[dAt + ${quad}]`;
    const one = (c: number): string => `${D}[dAt + (${quad} * 4u + ${c}u) * dColumn]`;
    return wide ? `vec4<f32>(${[0, 1, 2, 3].map(one).join(", ")})` : one(part);
  };
  const put = (at: string, sum: string, quad: string, part: number): string => {
    const fresh = `${C}[${at}] = ${sum}${addend ? ` + ${extra(quad, part)}` : ""};`;
    return isFirst === undefined ? fresh : `if (${isFirst}) { ${fresh} } else { ${C}[${at}] += ${sum}; }`;
  };
  const within = (exact: boolean, index: string, limit: number, text: string): string =>
    exact ? `{ ${text} }` : `if (${index} < ${p.u32(limit)}) { ${text} }`;
  for (let r = 0; r < rows; r++) {
    const row = `row0 + (y + ${((r >> 2) * height) / rows}u) * 4u + ${r & 3}u`;
    const stores = each(columns / 4, (j) => {
      const quad = `q${j}`;
      const parts = wide
        ? within(n % width === 0, `${quad} * 4u`, n, put(`cAt + ${quad}`, `s${r}_${j} * scale`, quad, 0))
        : [0, 1, 2, 3]
            .map((c) => {
              const column = `${quad} * 4u + ${c}u`;
              const store = put(`cAt + ${column}`, `s${r}_${j}.${"xyzw"[c]} * scale`, quad, c);
              return within(n % width === 0, column, n, store);
            })
            .join("\n");
      return `{ let ${quad} = column0 / 4u + x + ${(j * width) / columns}u; ${parts} }`;
    });
    const starts = [`let cAt = cStart + (${row}) * cRow;`, addend ? `let dAt = dStart + (${row}) * dRow;` : ""];
    lines.push(within(m % height === 0, row, m, [...starts, ...stores].join("\n")));
  }
  return lines;
};

/** One dispatch: out[split] = scale * a b over the split's terms (+ addend), with `splitStride` elements from one split's result to the next. */
export const product = (g: Geometry, name: string, tiling: Tiling, splitStride = 0): Dispatch => {
  const { tile, span } = tiling;
  const { rows, columns, depth } = tile;
  const module = new Module(name);
  const A = staging(module, g, "A", tile);
  const B = staging(module, g, "B", tile);
  module.declare(stageDeclarations(tile));
  const sums = each(rows * (columns / 4), (i) => `s${Math.floor(i / (columns / 4))}_${i % (columns / 4)}`);
  const isLong = span > BLOCK;
  const store = output(g, tiling, module, splitStride, isLong ? "depth - begin < BLOCK" : undefined);
  const load = (from: string): string => `${A.load(from)}\n${B.load(from)}`;
  const flush = `if (next >= end || (next - begin) % BLOCK == 0u) {
${store.join("\n")}
${sums.map((s) => `${s} = vec4<f32>(0.0);`).join(" ")}
}`;
  module.declare(`const BLOCK = ${BLOCK}u;`);
  const lines = [
    ...place(g, tiling, module),
    ...seat(tile),
    ...A.declarations,
    ...B.declarations,
    ...sums.map((s) => `var ${s} = vec4<f32>(0.0);`),
    load("begin"),
    `for (var depth = begin; depth < end; depth += ${depth}u) {`,
    `let next = depth + ${depth}u;`,
    A.store,
    B.store,
    "workgroupBarrier();",
    `if (next < end) {\n${load("next")}\n}`,
    multiply(tile),
    isLong ? flush : "",
    "workgroupBarrier();",
    "}",
    ...(isLong ? [] : store),
  ];
  return module.dispatch(lines.filter(Boolean).join("\n"), threadsOf(tile), tilesOf(g, tile).count * tiling.splits);
};

/** Says in errors and profiles which product a dispatch is: batches x m x k x n, how the operands lie, and its tile. */
const label = ({ a, b, batches, m, n, k }: Geometry, name: string, { tile, splits }: Tiling): string => {
  const order = `${columnStride(a) === 1 ? "N" : "T"}${columnStride(b) === 1 ? "N" : "T"}`;
  const sizes = [...(batches === 1 ? [] : [batches]), m, k, n].join("x");
  return `${name} ${order} ${sizes} [${tile.height}x${tile.width}${splits === 1 ? "" : `/${splits}`}]`;
};

/** Packs operands whose rows of four are scattered in memory: without that, 2047 x 2047 x 2047 ran at a quarter of the rate of 2048. */
const align = (g: Geometry, name: string, context: DispatchContext): { g: Geometry; dispatches: Dispatch[] } => {
  const dispatches: Dispatch[] = [];
  const aligned = (view: View): View => {
    // Neighbours along k are read by neighbouring invocations, which is as good.
    const isFine = hasAlignedRows(view) || rowStride(view) === 1;
    if (isFine || packedBytes(view, g.batches) > scratchRoom(context.info.limits)) return view;
    const { dispatch, packed } = packRows(view, g, name, context);
    dispatches.push(dispatch);
    return packed;
  };
  const ready = { ...g, a: transposed(aligned(transposed(g.a))), b: aligned(g.b) };
  return { g: ready, dispatches };
};

/** The dispatches of a product under a tiling. Splits write partial results, which are then added in a fixed order. */
export const dispatchesOfTiling = (
  given: Geometry,
  kernelName: string,
  tiling: Tiling,
  context: DispatchContext,
): Dispatch[] => {
  const name = label(given, kernelName, tiling);
  const { g, dispatches } = tiling.aligned ? align(given, name, context) : { g: given, dispatches: [] };
  const width = Math.ceil(g.n / 4) * 4;
  const stride = g.batches * g.m * width;
  const isScattered = tiling.aligned && !hasAlignedRows(g.out) && stride * 4 <= scratchRoom(context.info.limits);
  if (tiling.splits === 1 && !isScattered) return [...dispatches, product(g, name, tiling)];
  // Rows end on four columns: what a tile computes past the last one repeats it and is not read.
  const part = contiguous(context.scratch(tiling.splits * stride * 4), [...g.batch, g.m, width]);
  const parts = each(tiling.splits, (i) => ({ ...part, shape: g.out.shape, offset: i * stride }));
  return [
    ...dispatches,
    product({ ...g, n: width, out: part, addend: undefined }, name, tiling, tiling.splits === 1 ? 0 : stride),
    ...finish(parts, g, name, context),
  ];
};

/** Tiles of A and B staged in workgroup memory, results in registers: the portable kernel for GPUs. */
export const matmulTiled: Variant = {
  op: "matmul",
  applicable: (info) => !info.software,
  dispatches: (kernel: KernelOf<typeof matmulOp>, context) => {
    const g = geometry(kernel);
    if (g.m * g.n * g.batches === 0) return [];
    return dispatchesOfTiling(g, kernel.name, chooseTiling(g, context.info), context);
  },
};

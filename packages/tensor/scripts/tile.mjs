// Writes the innermost part of the matrix product, the register tile, as AssemblyScript. Accumulators must be variables
// with names to be held in registers, so kernels are written out in full; what else has a tile's size is written with them.

/**
 * C [rows, columns] = D + A [rows, k] B [k, columns] in registers. `unroll`: steps of k in one turn of the loop; above 1
 * V8 may spill, so measure. Each sum runs over k in order: results do not depend on the tile.
 *
 * Six rows by eight columns is what fits into 128 bits: twelve accumulators, two vectors of B and one broadcast of A are
 * fifteen of the sixteen x86 registers, and the sixteenth belongs to the engine. Sixteen columns fit likewise where the
 * engine joins vectors to 256 bits.
 * @typedef {{ readonly rows: number, readonly columns: number, readonly unroll: number }} Tile
 */

/**
 * The tile of each module that is built.
 * @satisfies {Record<string, Tile>}
 */
export const tiles = {
  plain: { rows: 6, columns: 8, unroll: 1 },
  relaxed: { rows: 6, columns: 8, unroll: 1 },
};

/** Where the kernels import the tile from, in the package's folder. */
export const tilePath = "assembly/generated/tile.ts";

/** Most columns: the zeros from which a tile without D starts are as long (`Control.Zeros`). */
const MAX_COLUMNS = 16;

/** @type {(n: number) => number[]} */
const upTo = (n) => Array.from({ length: n }, (_, i) => i);

/** @type {(byRows: boolean, rows: number) => string} */
const nameOf = (byRows, rows) => `${byRows ? "rows" : "columns"}${rows}`;

/**
 * The kernel of some rows of a tile. V8 keeps each product beside its loads only while accumulators are loaded before the
 * loop and stored after it, with no arithmetic in between. Anything else spills, at half the speed.
 * @type {(byRows: boolean, rows: number, tile: Tile) => string[]}
 */
const kernel = (byRows, rows, { columns, unroll }) => {
  const vectors = upTo(columns / 4);
  /** @type {(r: number) => string} */
  const rowOfA = (r) => (byRows && r > 0 ? `a${r}` : "a");
  /** @type {(step: number) => string[]} */
  const product = (step) => [
    ...vectors.map((v) => `    b${v} = v128.load(b, ${16 * v});`),
    ...upTo(rows).flatMap((r) => [
      `    x = v128.load32_splat(${rowOfA(r)}, ${4 * (byRows ? step : r)});`,
      ...vectors.map((v) => `    c${r}_${v} = madd(x, b${v}, c${r}_${v});`),
    ]),
    byRows ? "    b += bs;" : "    b += bs; a += as;",
  ];
  /** @type {(steps: number) => string[]} */
  const loop = (steps) => [
    `  for (; k >= ${steps}; k -= ${steps}) {`,
    ...upTo(steps).flatMap(product),
    ...(byRows ? upTo(rows).map((r) => `    ${rowOfA(r)} += ${4 * steps};`) : []),
    "  }",
  ];
  return [
    `function ${nameOf(byRows, rows)}(k: i32, a: usize, as: usize, b: usize, bs: usize): void {`,
    "  let d = addend;",
    "  const ds = addendStep;",
    ...upTo(rows).flatMap((r) => [...vectors.map((v) => `  let c${r}_${v} = v128.load(d, ${16 * v});`), "  d += ds;"]),
    ...vectors.map((v) => `  let b${v}: v128;`),
    "  let x: v128;",
    ...(byRows ? upTo(rows - 1).map((r) => `  let a${r + 1} = ${rowOfA(r)} + as;`) : []),
    ...loop(unroll),
    ...(unroll > 1 ? loop(1) : []),
    "  let c = target;",
    "  const cs = targetStep;",
    ...upTo(rows).flatMap((r) => [...vectors.map((v) => `  v128.store(c, c${r}_${v}, ${16 * v});`), "  c += cs;"]),
    "}",
  ];
};

/**
 * Chooses the kernel for the rows there are.
 * @type {(byRows: boolean, rows: number) => string[]}
 */
const choice = (byRows, rows) => [
  "    switch (rows) {",
  ...upTo(rows).map((r) => {
    const label = r + 1 < rows ? `case ${r + 1}` : "default";
    return `      ${label}: ${nameOf(byRows, r + 1)}(k, a, as, b, bs); break;`;
  }),
  "    }",
];

/**
 * Writes `words` words by vectors, of which the last two may overlap.
 * @type {(name: string, words: number, value: (at: number) => string) => string[]}
 */
const write = (name, words, value) => [
  "@inline",
  `export function ${name}(to: usize, from: usize): void {`,
  ...upTo(Math.ceil(words / 4)).map((v) => {
    const at = 4 * Math.min(4 * v, words - 4);
    return `  v128.store(to, ${value(at)}, ${at});`;
  }),
  "}",
];

/**
 * What stands at `tilePath`.
 * @param {Tile} tile
 */
export const tileSource = (tile) => {
  const { rows, columns, unroll } = tile;
  if (!(rows >= 4 && columns >= 4 && columns <= MAX_COLUMNS && columns % 4 === 0 && unroll >= 1))
    throw new RangeError(
      `a tile has at least 4 rows, 4, 8, 12 or 16 columns and 1 step of k or more, not ${rows} x ${columns} x ${unroll}`,
    );
  return [
    "// Written by scripts/tile.mjs.",
    'import { madd } from "../simd";',
    'import { addend, addendStep, target, targetStep } from "../tile-output";',
    `export const TILE_ROWS: i32 = ${rows};`,
    `export const TILE_COLUMNS: i32 = ${columns};`,
    `export const TILE_ROW_BYTES: i32 = ${4 * columns};`,
    `export const TILE_COLUMN_BYTES: i32 = ${4 * rows};`,
    ...[true, false].flatMap((byRows) => upTo(rows).flatMap((r) => kernel(byRows, r + 1, tile))),
    `/** C = D + A B for up to ${rows} rows of A, which are \`as\` bytes apart or, not by rows, contiguous at each k. */`,
    "export function tile(byRows: bool, rows: i32, k: i32, a: usize, as: usize, b: usize, bs: usize): void {",
    "  if (byRows)",
    ...choice(true, rows),
    "  else",
    ...choice(false, rows),
    "}",
    `/** A row of a tile, or one k of a panel of B: ${columns} columns. */`,
    ...write("copyColumns", columns, (at) => `v128.load(from, ${at})`),
    ...write("addColumns", columns, (at) => `f32x4.add(v128.load(to, ${at}), v128.load(from, ${at}))`),
    `/** One k of a panel of A: ${rows} rows. */`,
    ...write("copyRows", rows, (at) => `v128.load(from, ${at})`),
    "",
  ].join("\n");
};

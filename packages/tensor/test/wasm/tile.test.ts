import { expect, test } from "vitest";
import { compileWasm } from "../../scripts/compile-wasm.mjs";
import { type Tile, tileSource, tiles } from "../../scripts/tile.mjs";
import { gemmScratchBytes } from "../../src/backends/wasm/encode/matmul.js";
import { Control } from "../../src/backends/wasm/opcodes.js";
import { randomFloats } from "./harness.js";

const MAX_DEPTH = 384;
const up = (x: number, multiple: number): number => Math.ceil(x / multiple) * multiple;

/** Bytes that `gemm` needs beside its operands. */
const scratchBytes = ({ rows, columns }: Tile, n: number, k: number): number =>
  up(4 * rows * columns, 256) + 4 * Math.min(k, MAX_DEPTH) * (4 * rows + up(n, columns));

interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Words from row to row and from column to column, one of them 1. */
  readonly a: readonly [row: number, column: number];
  readonly b: readonly [row: number, column: number];
  /** What is added: nothing, a matrix, or what C holds. */
  readonly addend: "none" | "matrix" | "C";
}

/** Few rows, and so many that B is packed; ragged edges; one run of k, and two. */
const sizes: readonly [m: number, n: number, k: number][] = [
  [1, 1, 1],
  [7, 21, 13],
  [53, 39, 30],
  [31, 35, 401],
];

/** Each operand by rows and by columns; A also by columns so far apart that it is packed. */
const products = sizes.flatMap(([m, n, k]) =>
  [[k, 1] as const, [1, m] as const, [1, 259] as const].flatMap((a) =>
    [[n, 1] as const, [1, k] as const].flatMap((b) =>
      (["none", "matrix", "C"] as const).map((addend): Product => ({ m, n, k, a, b, addend })),
    ),
  ),
);

/** What every tile computes without fused multiply-add: runs of k, each summed in order in f32. */
const reference = ({ m, n, k, a, b, addend }: Product, left: Float32Array, right: Float32Array, d: Float32Array) => {
  const depth = Math.ceil(k / Math.ceil(k / MAX_DEPTH));
  return Float32Array.from({ length: m * n }, (_, index) => {
    const [i, j] = [Math.floor(index / n), index % n];
    let total = addend === "none" ? 0 : d[index]!;
    for (let k0 = 0; k0 < k; k0 += depth) {
      const joins = k0 > 0 || addend === "C";
      let sum = joins ? 0 : total;
      for (let p = k0; p < Math.min(k, k0 + depth); p++)
        sum = Math.fround(sum + Math.fround(left[i * a[0] + p * a[1]]! * right[p * b[0] + j * b[1]]!));
      total = joins ? Math.fround(total + sum) : sum;
    }
    return total;
  });
};

/** What memory holds where nothing may be written. */
const GUARD = -123456;

test.each<Tile>([
  tiles.plain,
  { rows: 4, columns: 8, unroll: 1 },
  { rows: 9, columns: 4, unroll: 3 },
  { rows: 6, columns: 16, unroll: 2 },
])(
  "a tile of $rows x $columns, k by $unroll, multiplies to the bit in every form and writes nothing else",
  async (tile) => {
    const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true });
    const binary = await compileWasm({ entry: "assembly/gemm.ts", relaxed: false, tile });
    const { instance } = await WebAssembly.instantiate(binary, { env: { memory } });
    const gemm = instance.exports.gemm as (...words: number[]) => void;
    const words = new Float32Array(memory.buffer);
    for (const product of products) {
      const { m, n, k, a, b, addend } = product;
      const left = randomFloats((m - 1) * a[0] + (k - 1) * a[1] + 1, 1);
      const right = randomFloats((k - 1) * b[0] + (n - 1) * b[1] + 1, 2);
      const d = randomFloats(m * n, 3);
      const cRow = n + 3;
      const scratch = scratchBytes(tile, n, k) / 4;
      words.fill(GUARD, Control.End / 4);
      let end = Control.End / 4;
      const place = (length: number): number => {
        const at = end;
        end += up(length, 16) + 64;
        return at;
      };
      const atLeft = place(left.length);
      const atRight = place(right.length);
      const atD = place(d.length);
      const atC = place(m * cRow);
      const work = place(scratch);
      const fillC = (values: Float32Array): void => {
        for (let i = 0; i < m; i++) words.set(values.subarray(i * n, i * n + n), atC + i * cRow);
      };
      words.set(left, atLeft);
      words.set(right, atRight);
      words.set(d, atD);
      fillC(reference(product, left, right, d));
      const expected = words.slice(0, end);
      fillC(addend === "C" ? d : d.map(() => GUARD));
      const [from, fromRow] = ({ none: [0, 0], matrix: [atD, n], C: [atC, cRow] } as const)[addend];
      const strides = [atLeft, ...a, atRight, ...b, atC, cRow, from, fromRow, work].map((count) => 4 * count);
      gemm(m, n, k, ...strides);
      words.fill(GUARD, work, work + scratch);
      const wrong = expected.findIndex((value, i) => !Object.is(value, words[i]));
      expect(wrong, `${JSON.stringify(product)}: C begins at word ${atC}, scratch at ${work}`).toBe(-1);
    }
  },
);

test.each([
  [1, 1],
  [9, 383],
  [256, 500],
])("the host gives products of %i columns and a depth of %i the scratch that the modules' tiles need", (n, k) => {
  for (const tile of Object.values(tiles))
    expect(gemmScratchBytes(n, k)).toBeGreaterThanOrEqual(scratchBytes(tile, n, k));
});

test.each([{ rows: 3 }, { columns: 6 }, { columns: 20 }, { unroll: 0 }])("no tile has %o", (part) => {
  expect(() => tileSource({ ...tiles.plain, ...part })).toThrow(RangeError);
});

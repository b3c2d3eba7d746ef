import { expect, test } from "vitest";
import { compileWasm } from "../../scripts/compile-wasm.mjs";
import { type Tile, tileSource, tiles } from "../../scripts/tile.mjs";
import { gemmScratchBytes } from "../../src/backends/wasm/encode/matmul.js";
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

/** What every tile computes without fused multiply-add, to the bit: runs of k, each summed in order in f32. */
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

/** Ragged edges; few rows, and so many that B is packed; one run of k and two; A's columns so far apart that it is packed. */
const sizes = [
  [1, 1, 1],
  [7, 21, 13],
  [53, 39, 30],
  [31, 35, 401],
] as const;
const products: Product[] = sizes.flatMap(([m, n, k]) =>
  (
    [
      [k, 1],
      [1, m],
      [1, 259],
    ] as const
  ).flatMap((a) =>
    (
      [
        [n, 1],
        [1, k],
      ] as const
    ).flatMap((b) => (["none", "matrix", "C"] as const).map((addend) => ({ m, n, k, a, b, addend }))),
  ),
);

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
    const floats = new Float32Array(memory.buffer, 4096);
    for (const product of products) {
      const { m, n, k, a, b, addend } = product;
      const cRow = n + 3;
      const left = randomFloats((m - 1) * a[0] + (k - 1) * a[1] + 1, 1);
      const right = randomFloats((k - 1) * b[0] + (n - 1) * b[1] + 1, 2);
      const d = randomFloats(m * n, 3);
      floats.fill(GUARD);
      let end = 0;
      const place = (length: number): number => {
        const at = end;
        end += up(length, 16) + 64;
        return at;
      };
      const [atA, atB, atD, atC] = [left.length, right.length, d.length, m * cRow].map(place) as [
        number,
        number,
        number,
        number,
      ];
      const work = place(scratchBytes(tile, n, k) / 4);
      floats.set(left, atA);
      floats.set(right, atB);
      floats.set(d, atD);
      if (addend === "C") for (let i = 0; i < m; i++) floats.set(d.subarray(i * n, i * n + n), atC + i * cRow);
      const expected = floats.slice();
      const c = reference(product, left, right, d);
      for (let i = 0; i < m; i++) expected.set(c.subarray(i * n, i * n + n), atC + i * cRow);
      const bytes = (word: number): number => 4096 + 4 * word;
      const [from, step] = ({ none: [0, 0], matrix: [bytes(atD), 4 * n], C: [bytes(atC), 4 * cRow] } as const)[addend];
      gemm(
        ...[m, n, k],
        ...[bytes(atA), 4 * a[0], 4 * a[1]],
        ...[bytes(atB), 4 * b[0], 4 * b[1]],
        ...[bytes(atC), 4 * cRow],
        ...[from, step],
        bytes(work),
      );
      floats.fill(GUARD, work, work + scratchBytes(tile, n, k) / 4);
      const wrong = floats.subarray(0, end).findIndex((value, i) => !Object.is(value, expected[i]));
      expect(wrong, `${JSON.stringify(product)}: C begins at word ${atC}, scratch at ${work}`).toBe(-1);
    }
  },
);

test("the host gives products the scratch that the tiles of the modules need", () => {
  for (const tile of Object.values(tiles))
    for (const [n, k] of [
      [1, 1],
      [9, 383],
      [256, 500],
    ] as const)
      expect(gemmScratchBytes(n, k)).toBeGreaterThanOrEqual(scratchBytes(tile, n, k));
});

test.each([{ rows: 3 }, { columns: 6 }, { columns: 20 }, { unroll: 0 }])(
  "a tile that cannot be is refused: %o",
  (part) => {
    expect(() => tileSource({ ...tiles.plain, ...part })).toThrow(RangeError);
  },
);

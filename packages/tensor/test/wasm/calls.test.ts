import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { createWasmBackend } from "../../src/backends/wasm/index.js";
import type { CallKernel, View } from "../../src/compile/kernel.js";
import type { AnyData } from "../../src/dtype.js";
import { halfBits, permuteIndex, roundKeys } from "../../src/random/permutation.js";
import { threefry2x32 } from "../../src/random/threefry.js";
import { randomFloats, runKernels } from "./harness.js";
import { place, view } from "./reference.js";

const backend = await createWasmBackend();
afterAll(() => backend.destroy());

const call = (op: string, inputs: View[], outputs: View[], attrs: CallKernel["attrs"] = {}): CallKernel => ({
  kind: "call",
  op,
  name: op,
  inputs,
  outputs,
  attrs,
});

const worst = (found: ArrayLike<number>, expected: readonly number[]): number =>
  expected.reduce((most, value, i) => Math.max(most, Math.abs(found[i]! - value) / (1 + Math.abs(value))), 0);

/** A filled output with a margin that must survive. */
const target = (n: number): Float32Array => new Float32Array(n + 3).fill(7);
const untouched = (data: AnyData, n: number): void => expect([...data.slice(n)]).toEqual([7, 7, 7]);

const sizes = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 70 }));
const options = { numRuns: 60 };

test("softmax, its logarithm and its backward", async () => {
  await fc.assert(
    fc.asyncProperty(sizes, fc.constantFrom(1, 30, 200), async ([rows, columns], scale) => {
      const n = rows * columns;
      const x = randomFloats(n, n, scale);
      const dy = randomFloats(n, n + 1);
      const v = (slot: number) => view(slot, [rows, columns]);
      const out = await runKernels(
        backend,
        [
          call("softmax", [v(0)], [v(1)], { log: false }),
          call("softmax", [v(0)], [v(2)], { log: true }),
          call("softmaxBackward", [v(1), v(3)], [v(4)]),
        ],
        [x, target(n), target(n), dy, target(n)],
      );
      const y: number[] = [];
      const logs: number[] = [];
      const dx: number[] = [];
      for (let r = 0; r < rows; r++) {
        const row = [...x.slice(r * columns, (r + 1) * columns)];
        const top = Math.max(...row);
        const sum = row.reduce((s, value) => s + Math.exp(value - top), 0);
        const p = row.map((value) => Math.exp(value - top) / sum);
        y.push(...p);
        logs.push(...row.map((value) => value - top - Math.log(sum)));
        const dot = p.reduce((s, value, i) => s + value * dy[r * columns + i]!, 0);
        dx.push(...p.map((value, i) => value * (dy[r * columns + i]! - dot)));
      }
      expect(worst(out[1]!, y)).toBeLessThan(1e-6);
      expect(worst(out[2]!, logs)).toBeLessThan(1e-6);
      expect(worst(out[4]!, dx)).toBeLessThan(1e-6);
      for (const slot of [1, 2, 4]) untouched(out[slot]!, n);
    }),
    options,
  );
});

test("softmax of equal, huge and minus infinite scores", async () => {
  const x = Float32Array.of(1e30, 1e30, -1e30, -Infinity, 0, 0, 0, 0);
  const out = await runKernels(
    backend,
    [call("softmax", [view(0, [2, 4])], [view(1, [2, 4])], { log: false })],
    [x, new Float32Array(8)],
  );
  expect([...out[1]!]).toEqual([0.5, 0.5, 0, 0, 0.25, 0.25, 0.25, 0.25]);
});

test("one NaN makes its softmax row NaN and leaves the others alone", async () => {
  for (const columns of [3, 4, 9, 70])
    for (const at of [0, columns >> 1, columns - 1]) {
      const x = randomFloats(3 * columns, columns);
      x[columns + at] = Number.NaN;
      const shape = [3, columns];
      const kernel = call("softmax", [view(0, shape)], [view(1, shape)], { log: false });
      const out = (await runKernels(backend, [kernel], [x, new Float32Array(3 * columns)]))[1]!;
      for (let i = 0; i < 3 * columns; i++) expect(Number.isNaN(out[i])).toBe(Math.floor(i / columns) === 1);
    }
});

test("normalize and its backward, with and without centring", async () => {
  await fc.assert(
    fc.asyncProperty(sizes, fc.boolean(), fc.constantFrom(0, 5), async ([rows, columns], center, mean) => {
      const n = rows * columns;
      const x = randomFloats(n, n, 3).map((value) => value + mean);
      const d = randomFloats(n, n + 1);
      const eps = 1e-3;
      const v = (slot: number) => view(slot, [rows, columns]);
      const r = view(2, [rows]);
      const out = await runKernels(
        backend,
        [
          call("normalize", [v(0)], [v(1), r], { eps, center }),
          call("normalizeBackward", [v(3), v(1), r], [v(4)], { center }),
        ],
        [x, target(n), target(rows), d, target(n)],
      );
      const xhat: number[] = [];
      const rstds: number[] = [];
      const dx: number[] = [];
      for (let i = 0; i < rows; i++) {
        const row = [...x.slice(i * columns, (i + 1) * columns)];
        const mu = center ? row.reduce((s, value) => s + value, 0) / columns : 0;
        const rstd = 1 / Math.sqrt(row.reduce((s, value) => s + (value - mu) ** 2, 0) / columns + eps);
        const hat = row.map((value) => (value - mu) * rstd);
        const grad = [...d.slice(i * columns, (i + 1) * columns)];
        const m = center ? grad.reduce((s, value) => s + value, 0) / columns : 0;
        const slope = grad.reduce((s, value, j) => s + value * hat[j]!, 0) / columns;
        xhat.push(...hat);
        rstds.push(rstd);
        dx.push(...grad.map((value, j) => rstd * (value - m - hat[j]! * slope)));
      }
      // Where a row's spread is far below its mean, f32 means that cancel are all there is: hence relative to rstd.
      const loss = 1 + (mean && center ? Math.max(...rstds) : 0);
      expect(worst(out[1]!, xhat)).toBeLessThan(3e-6 * loss);
      expect(worst(out[2]!, rstds)).toBeLessThan(3e-6 * loss);
      expect(worst(out[4]!, dx)).toBeLessThan(1e-5 * loss);
      untouched(out[1]!, n);
      untouched(out[2]!, rows);
      untouched(out[4]!, n);
    }),
    options,
  );
});

const attentionCase = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  queries: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 90, max: 110 })),
  keys: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 250, max: 300 })),
  heads: fc.integer({ min: 1, max: 2 }),
  width: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(32)),
  sharp: fc.constantFrom(1, 20),
});

test("attention and its backward agree with the full score matrix", async () => {
  await fc.assert(
    fc.asyncProperty(attentionCase, async ({ batch, queries, keys, heads, width, sharp }) => {
      const scale = sharp / Math.sqrt(width);
      const row = heads * width;
      // q, k and v are thirds of one projection where lengths allow it; here each has a padded row.
      const strided = (slot: number, length: number, offset: number): View => ({
        slot,
        dtype: "f32",
        shape: [batch, length, heads, width],
        strides: [length * (row + 5), row + 5, width, 1],
        offset,
      });
      const dense = (slot: number, length: number): View => view(slot, [batch, length, heads, width]);
      const [q, k, v] = [strided(0, queries, 2), strided(1, keys, 0), strided(2, keys, 1)];
      const [out, lse, dout] = [dense(3, queries), view(4, [batch, heads, queries]), dense(5, queries)];
      const [dq, dk, dv] = [dense(6, queries), dense(7, keys), dense(8, keys)];
      const [nq, nk] = [batch * queries * row, batch * keys * row];
      const slots = [
        randomFloats(batch * queries * (row + 5) + 5, 1),
        randomFloats(batch * keys * (row + 5) + 5, 2),
        randomFloats(batch * keys * (row + 5) + 5, 3),
        target(nq),
        target(batch * heads * queries),
        randomFloats(nq, 4),
        target(nq),
        target(nk),
        target(nk),
      ];
      const result = await runKernels(
        backend,
        [
          call("attention", [q, k, v], [out, lse], { scale }),
          call("attentionBackward", [q, k, v, out, lse, dout], [dq, dk, dv], { scale }),
        ],
        slots,
      );
      const at = (w: View, b: number, s: number, h: number, d: number): number =>
        slots[w.slot]![place(w, ((b * w.shape[1]! + s) * heads + h) * width + d)]!;
      const expected = [out, lse, dq, dk, dv].map((w) => new Array<number>(w.shape.reduce((a, c) => a * c, 1)).fill(0));
      const [eOut, eLse, eDq, eDk, eDv] = expected as [number[], number[], number[], number[], number[]];
      const index = (length: number, b: number, s: number, h: number, d: number): number =>
        ((b * length + s) * heads + h) * width + d;
      for (let b = 0; b < batch; b++)
        for (let h = 0; h < heads; h++)
          for (let i = 0; i < queries; i++) {
            const scores = Array.from({ length: keys }, (_, j) => {
              let s = 0;
              for (let d = 0; d < width; d++) s += at(q, b, i, h, d) * at(k, b, j, h, d);
              return s * scale;
            });
            const top = Math.max(...scores);
            const sum = scores.reduce((s, value) => s + Math.exp(value - top), 0);
            eLse[(b * heads + h) * queries + i] = top + Math.log(sum);
            const p = scores.map((value) => Math.exp(value - top) / sum);
            const dp = p.map((value, j) => {
              let g = 0;
              for (let d = 0; d < width; d++) {
                eOut[index(queries, b, i, h, d)]! += value * at(v, b, j, h, d);
                eDv[index(keys, b, j, h, d)]! += value * at(dout, b, i, h, d);
                g += at(dout, b, i, h, d) * at(v, b, j, h, d);
              }
              return g;
            });
            const delta = p.reduce((s, value, j) => s + value * dp[j]!, 0);
            for (let j = 0; j < keys; j++)
              for (let d = 0; d < width; d++) {
                const ds = p[j]! * (dp[j]! - delta) * scale;
                eDq[index(queries, b, i, h, d)]! += ds * at(k, b, j, h, d);
                eDk[index(keys, b, j, h, d)]! += ds * at(q, b, i, h, d);
              }
          }
      for (const [i, slot] of [3, 4, 6, 7, 8].entries()) {
        expect(worst(result[slot]!, expected[i]!)).toBeLessThan(2e-6 * (5 + sharp));
        untouched(result[slot]!, expected[i]!.length);
      }
    }),
    { numRuns: 12 },
  );
}, 20_000);

test("take copies rows, scatterAdd adds them back, and indices outside are marked or ignored", async () => {
  const [rows, width, n] = [7, 5, 40];
  const table = randomFloats(rows * width, 1);
  const integers = Int32Array.from({ length: rows * width }, (_, i) => i - 9);
  const indices = Int32Array.from({ length: n }, (_, i) => ((i * 5) % (rows + 2)) - 1);
  const updates = randomFloats(n * width, 2);
  const out = await runKernels(
    backend,
    [
      call("take", [view(0, [rows, width]), view(1, [n], "i32")], [view(3, [n, width])]),
      call("take", [view(5, [rows, width], "i32"), view(1, [n], "i32")], [view(6, [n, width], "i32")]),
      call("scatterAdd", [view(1, [n], "i32"), view(2, [n, width])], [view(4, [rows, width])]),
    ],
    [table, indices, updates, target(n * width), target(rows * width), integers, new Int32Array(n * width)],
  );
  const sums = new Float32Array(rows * width);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < width; j++) {
      const row = indices[i]!;
      const inside = row >= 0 && row < rows;
      expect(out[3]![i * width + j]).toBe(inside ? table[row * width + j] : Number.NaN);
      expect(out[6]![i * width + j]).toBe(inside ? integers[row * width + j] : 0);
      if (inside) sums[row * width + j]! += updates[i * width + j]!;
    }
  expect(out[4]!.slice(0, rows * width)).toEqual(sums);
  untouched(out[3]!, n * width);
  untouched(out[4]!, rows * width);
});

test.each([
  ["few in index order", 5, Float32Array],
  ["many without rounding on the way", 200, Float64Array],
] as const)("gather picks along the middle axis and its backward sums %s", async (_, k, Sums) => {
  const [outer, axis, inner] = [3, 6, 4];
  const x = randomFloats(outer * axis * inner, 1);
  const n = outer * k * inner;
  const indices = Int32Array.from({ length: n }, (_, i) => (i * 7) % (axis + 1));
  const dy = randomFloats(n, 2);
  const ix = view(1, [outer, k, inner], "i32");
  const out = await runKernels(
    backend,
    [
      call("gather", [view(0, [outer, axis, inner]), ix], [view(2, [outer, k, inner])]),
      call("gatherBackward", [ix, view(3, [outer, k, inner])], [view(4, [outer, axis, inner])]),
    ],
    [x, indices, target(n), dy, target(x.length)],
  );
  const dx = new Sums(x.length);
  for (let i = 0; i < n; i++) {
    const o = Math.floor(i / (k * inner));
    const at = (o * axis + indices[i]!) * inner + (i % inner);
    const inside = indices[i]! < axis;
    expect(out[2]![i]).toBe(inside ? x[at] : Number.NaN);
    if (inside) dx[at]! += dy[i]!;
  }
  expect(out[4]!.slice(0, x.length)).toEqual(Float32Array.from(dx));
  untouched(out[4]!, x.length);
});

test.each([false, true])("cumsum along the middle axis (reverse %s)", async (reverse) => {
  const [outer, n, inner] = [3, 50, 4];
  const x = randomFloats(outer * n * inner, 1);
  const shape = [outer, n, inner];
  const out = await runKernels(
    backend,
    [call("cumsum", [view(0, shape)], [view(1, shape)], { reverse })],
    [x, target(x.length)],
  );
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      let sum = 0;
      for (let s = 0; s < n; s++) {
        const at = (o * n + (reverse ? n - 1 - s : s)) * inner + i;
        sum += x[at]!;
        expect(out[1]![at]).toBe(Math.fround(sum));
      }
    }
  untouched(out[1]!, x.length);
});

test("random bits, keys and permutations are those of the reference stream", async () => {
  const key = Uint32Array.of(0xdeadbeef, 42);
  for (const n of [1, 2, 3, 4, 5, 127, 1000, 5000]) {
    const out = await runKernels(
      backend,
      [
        call("randomBits", [view(0, [2], "u32")], [view(1, [n], "u32")]),
        call("randomKeys", [view(0, [2], "u32")], [view(2, [n, 2], "u32")]),
        call("permutation", [view(0, [2], "u32")], [view(3, [n], "i32")]),
      ],
      [key, new Uint32Array(n + 1), new Uint32Array(2 * n + 1), new Int32Array(n + 1)],
    );
    const blocks = Array.from({ length: n }, (_, i) => threefry2x32(key[0]!, key[1]!, 0, i));
    const keys = roundKeys(key[0]!, key[1]!);
    expect([...out[1]!]).toEqual([...blocks.map(([a, b]) => (a ^ b) >>> 0), 0]);
    expect([...out[2]!]).toEqual([...blocks.flat(), 0]);
    expect([...out[3]!]).toEqual([...blocks.map((_, i) => permuteIndex(i, n, keys)), 0]);
    expect(halfBits(n)).toBeGreaterThan(0);
  }
});

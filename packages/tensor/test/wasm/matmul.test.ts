import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { createWasmBackend } from "../../src/backends/wasm/index.js";
import type { CallKernel, View } from "../../src/compile/kernel.js";
import { randomFloats, runKernels } from "./harness.js";
import { count, place } from "./reference.js";

const backends = [await createWasmBackend(), await createWasmBackend({ relaxedSimd: false, threads: 1 })];
afterAll(() => {
  for (const backend of backends) backend.destroy();
});

const span = ({ shape, strides, offset }: View): number =>
  offset + 1 + shape.reduce((sum, size, d) => sum + (size - 1) * strides[d]!, 0);

const reference = (kernel: CallKernel, slots: Float32Array[]): number[] => {
  const [a, b, d] = kernel.inputs as [View, View, View?];
  const c = kernel.outputs[0]!;
  const [m, n] = c.shape.slice(-2) as [number, number];
  const k = a.shape.at(-1)!;
  const out: number[] = [];
  for (let index = 0; index < count(c.shape); index++) {
    const batch = Math.floor(index / (m * n));
    const i = Math.floor(index / n) % m;
    const j = index % n;
    let sum = 0;
    for (let p = 0; p < k; p++)
      sum += slots[a.slot]![place(a, (batch * m + i) * k + p)]! * slots[b.slot]![place(b, (batch * k + p) * n + j)]!;
    out.push(sum * Number(kernel.attrs.scale) + (d ? slots[d.slot]![place(d, index)]! : 0));
  }
  return out;
};

const dimension = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 90 }));
const product = fc.record({
  m: dimension,
  n: dimension,
  k: fc.oneof(dimension, fc.integer({ min: 380, max: 800 })),
  batch: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
  broadcastA: fc.boolean(),
  broadcastB: fc.boolean(),
  padding: fc.integer({ min: 0, max: 5 }),
  addend: fc.constantFrom("none", "bias", "residual", "columns", "scalar"),
  scale: fc.constantFrom(1, 0.125, -2),
});

/** A matrix view with a padded leading stride, stored by rows or by columns. */
const matrix = (
  slot: number,
  batch: number[],
  rows: number,
  columns: number,
  transposed: boolean,
  broadcast: boolean,
  padding: number,
): View => {
  const lead = (transposed ? rows : columns) + padding;
  const one = lead * (transposed ? columns : rows);
  const strides: number[] = [];
  let step = one;
  for (let d = batch.length - 1; d >= 0; d--) {
    strides[d] = broadcast ? 0 : step;
    step *= batch[d]!;
  }
  return {
    slot,
    dtype: "f32",
    shape: [...batch, rows, columns],
    strides: [...strides, ...(transposed ? [1, lead] : [lead, 1])],
    offset: padding,
  };
};

const build = (p: typeof product extends fc.Arbitrary<infer T> ? T : never): CallKernel => {
  const a = matrix(0, p.batch, p.m, p.k, p.transposeA, p.broadcastA, p.padding);
  const b = matrix(1, p.batch, p.k, p.n, p.transposeB, p.broadcastB, p.padding);
  const full = matrix(3, p.batch, p.m, p.n, false, false, 0);
  const strides = {
    none: [],
    bias: [0, 1],
    residual: [p.n, 1],
    columns: [1, 0],
    scalar: [0, 0],
  }[p.addend];
  const zero = p.batch.map(() => 0);
  const addend: View[] =
    p.addend === "none"
      ? []
      : [{ ...full, slot: 2, strides: p.addend === "residual" ? full.strides : [...zero, ...strides] }];
  return {
    kind: "call",
    op: "matmul",
    name: "product",
    inputs: [a, b, ...addend],
    outputs: [full],
    attrs: { scale: p.scale },
  };
};

test.each(backends)(
  "matmul is the sum over k for every size, form, batch, addend ($description)",
  async (backend) => {
    await fc.assert(
      fc.asyncProperty(product, async (p) => {
        const kernel = build(p);
        const [a, b, d] = kernel.inputs as [View, View, View?];
        const size = count(kernel.outputs[0]!.shape);
        const slots = [
          randomFloats(span(a), 1),
          randomFloats(span(b), 2),
          randomFloats(d ? span(d) : 1, 3),
          new Float32Array(size + 3).fill(7),
        ];
        const out = await runKernels(backend, [kernel], slots);
        const expected = reference(kernel, slots);
        const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(out[3]![i]! - value)), 0);
        expect(worst).toBeLessThan(2e-6 * (1 + Math.sqrt(p.k) * Math.abs(p.scale)));
        expect([...out[3]!.slice(size)]).toEqual([7, 7, 7]);
      }),
      { numRuns: 100 },
    );
  },
  20_000,
);

test("a product over nothing is the addend", async () => {
  const [a, b] = [matrix(0, [], 3, 0, false, false, 0), matrix(1, [], 0, 5, false, false, 0)];
  const bias = { ...matrix(2, [], 3, 5, false, false, 0), strides: [0, 1] };
  const out = matrix(3, [], 3, 5, false, false, 0);
  const kernel: CallKernel = {
    kind: "call",
    op: "matmul",
    name: "empty",
    inputs: [a, b, bias],
    outputs: [out],
    attrs: { scale: 1 },
  };
  const slots = [new Float32Array(1), new Float32Array(1), randomFloats(5, 1), new Float32Array(15)];
  const result = await runKernels(backends[0]!, [kernel], slots);
  expect([...result[3]!]).toEqual([...slots[2]!, ...slots[2]!, ...slots[2]!]);
});

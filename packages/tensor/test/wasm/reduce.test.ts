import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { createWasmBackend } from "../../src/backends/wasm/index.js";
import type { ReduceKernel } from "../../src/compile/kernel.js";
import type { AnyData, DType } from "../../src/dtype.js";
import { randomFloats, randomUints, runKernels } from "./harness.js";
import { reduceReference, view } from "./reference.js";

const backend = await createWasmBackend();
afterAll(() => backend.destroy());

const small = fc.integer({ min: 1, max: 20 });
const cases = fc.record({
  sizes: fc.oneof(
    fc.tuple(small, small, small),
    fc.tuple(small, fc.integer({ min: 1, max: 3000 }), fc.constant(1)),
    fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 1200 })),
    fc.tuple(fc.integer({ min: 1, max: 600 }), small, fc.constant(1)),
  ),
  reduce: fc.constantFrom("sum" as const, "max" as const, "min" as const),
  dtype: fc.constantFrom<DType>("f32", "i32", "u32"),
  square: fc.boolean(),
  transposed: fc.boolean(),
});

test("reductions fold the middle of outer x reduced x inner for every dtype", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ sizes, reduce, dtype, square, transposed }) => {
      const [outer, reduced, inner] = sizes;
      const shape = [outer, reduced, inner];
      const plain = view(0, shape, dtype);
      const load = transposed ? { ...plain, strides: [1, outer * inner, outer] } : plain;
      const n = outer * reduced * inner;
      const data: AnyData =
        dtype === "f32" ? randomFloats(n, 3) : dtype === "u32" ? randomUints(n, 3) : Int32Array.from(randomUints(n, 3));
      const output: AnyData =
        dtype === "f32"
          ? new Float32Array(outer * inner + 2)
          : dtype === "u32"
            ? new Uint32Array(outer * inner + 2)
            : new Int32Array(outer * inner + 2);
      output.fill(9);
      const kernel: ReduceKernel = {
        kind: "reduce",
        name: "fold",
        reduce,
        program: {
          shape,
          loads: [load],
          body: square ? [{ op: "mul", args: [0, 0], dtype }] : [],
          results: [square ? 1 : 0],
        },
        outer,
        reduced,
        inner,
        output: view(1, [outer, inner], dtype),
      };
      const out = (await runKernels(backend, [kernel], [data, output]))[1]!;
      const expected = reduceReference(kernel, [data]);
      if (dtype === "f32" && reduce === "sum")
        expect(expected.reduce((most, value, i) => Math.max(most, Math.abs(out[i]! - value)), 0)).toBeLessThan(
          3e-6 * (1 + Math.sqrt(reduced)),
        );
      else expect([...out.slice(0, outer * inner)]).toEqual(expected);
      expect([...out.slice(outer * inner)]).toEqual([9, 9]);
    }),
    { numRuns: 100 },
  );
}, 20_000);

const reduceAll = (n: number, reduce: "sum" | "max" | "min", inner = 1): ReduceKernel => ({
  kind: "reduce",
  name: reduce,
  reduce,
  program: { shape: [n, inner], loads: [view(0, [n, inner])], body: [], results: [0] },
  outer: 1,
  reduced: n,
  inner,
  output: view(1, [inner]),
});

test.each([1, 3])("long sums are sliced and stay accurate (inner %i)", async (inner) => {
  const n = 3_000_001;
  const data = randomFloats(n * inner, 1, 2).map((x) => x + 1);
  const out = (await runKernels(backend, [reduceAll(n, "sum", inner)], [data, new Float32Array(inner)]))[1]!;
  for (let c = 0; c < inner; c++) {
    let exact = 0;
    for (let i = 0; i < n; i++) exact += data[i * inner + c]!;
    expect(Math.abs(out[c]! / exact - 1)).toBeLessThan(1e-6);
  }
});

test.each(["max", "min"] as const)("%s propagates NaN and keeps infinities", async (reduce) => {
  for (const at of [0, 3, 17, 999]) {
    const data = randomFloats(1000, 1);
    data[at] = Number.NaN;
    const out = await runKernels(backend, [reduceAll(1000, reduce)], [data, new Float32Array(1)]);
    expect(out[1]![0]).toBeNaN();
  }
  const extreme = reduce === "max" ? Infinity : -Infinity;
  const all = new Float32Array(5).fill(-extreme);
  expect((await runKernels(backend, [reduceAll(5, reduce)], [all, new Float32Array(1)]))[1]![0]).toBe(-extreme);
});

test("a constant and a broadcast scalar reduce like any other value", async () => {
  const shape = [3, 700, 1];
  const scalar = { ...view(0, shape), strides: [0, 0, 0] };
  const base = {
    kind: "reduce" as const,
    name: "sum",
    reduce: "sum" as const,
    outer: 3,
    reduced: 700,
    inner: 1,
    output: view(1, [3]),
  };
  const ofScalar: ReduceKernel = { ...base, program: { shape, loads: [scalar], body: [], results: [0] } };
  const ofConstant: ReduceKernel = {
    ...base,
    program: { shape, loads: [], body: [{ op: "constant", value: 0.5, dtype: "f32" }], results: [0] },
  };
  const slots = [Float32Array.of(2), new Float32Array(3)];
  expect([...(await runKernels(backend, [ofScalar], slots))[1]!]).toEqual([1400, 1400, 1400]);
  expect([...(await runKernels(backend, [ofConstant], slots))[1]!]).toEqual([350, 350, 350]);
});

test("the sum over nothing is 0 and its maximum an error", async () => {
  const shape = [2, 0, 3];
  const empty: ReduceKernel = {
    kind: "reduce",
    name: "empty",
    reduce: "sum",
    program: { shape, loads: [view(0, shape)], body: [], results: [0] },
    outer: 2,
    reduced: 0,
    inner: 3,
    output: view(1, [2, 3]),
  };
  const out = await runKernels(backend, [empty], [new Float32Array(1), new Float32Array(6).fill(5)]);
  expect([...out[1]!]).toEqual([0, 0, 0, 0, 0, 0]);
  expect(() => backend.compile([{ ...empty, reduce: "max" }], 2)).toThrow(/max over a dimension of size 0/);
});

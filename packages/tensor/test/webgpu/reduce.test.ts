import fc from "fast-check";
import { expect, test } from "vitest";
import type { ReduceKernel, View } from "../../src/compile/kernel.js";
import type { DType } from "../../src/dtype.js";
import { describeKernels } from "./device.js";
import { expectSame, fromArray, randoms, runOn, view } from "./run.js";

const reduction = (
  reduce: ReduceKernel["reduce"],
  [outer, reduced, inner]: readonly [number, number, number],
  input: View,
  dtype: DType = "f32",
): ReduceKernel => ({
  kind: "reduce",
  name: reduce,
  reduce,
  outer,
  reduced,
  inner,
  program: { shape: input.shape, loads: [input], body: [], results: [0] },
  output: view(1, [outer, inner], dtype, 4),
});

const kinds = ["sum", "max", "min"] as const;
const tolerance = { relative: 1e-6, absolute: 1e-5 };

describeKernels("reduce", (backend) => {
  test.each([
    [1, 1, 1],
    [3, 5, 1],
    [3, 8, 1],
    [2, 700, 1],
    [1, 9001, 1],
    [1, 20000, 1],
    [2, 300, 8],
    [2, 301, 3],
    [1, 2000, 4],
    [1, 4100, 70],
    [3, 600, 132],
    [40, 2, 64],
    [5, 0, 3],
  ] as const)("[%i, %i, %i]", async (outer, reduced, inner) => {
    const n = outer * reduced * inner;
    for (const kind of kinds)
      await expectSame(
        backend,
        [reduction(kind, [outer, reduced, inner], view(0, [outer, reduced, inner]))],
        [randoms(n, 1), randoms(outer * inner + 7, 2)],
        tolerance,
      );
  });

  test("several axes each for outer, reduced and inner, in any order of memory, with a program in front", async () => {
    const dims = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 2 });
    const cases = fc.tuple(dims, dims, dims, fc.constantFrom(...kinds)).chain(([outer, reduced, inner, kind]) =>
      fc.tuple(
        fc.constant({ outer, reduced, inner, kind }),
        fc.shuffledSubarray(
          [...outer, ...reduced, ...inner].map((_, i) => i),
          { minLength: outer.length + reduced.length + inner.length },
        ),
        fc.boolean(),
      ),
    );
    const size = (extents: readonly number[]): number => extents.reduce((a, b) => a * b, 1);
    await fc.assert(
      fc.asyncProperty(cases, async ([{ outer, reduced, inner, kind }, order, plain]) => {
        const shape = [...outer, ...reduced, ...inner];
        const strides = shape.map(() => 0);
        let next = 1;
        for (const axis of plain ? [...shape.keys()].reverse() : order) {
          strides[axis] = next;
          next *= shape[axis]!;
        }
        const input: View = { slot: 0, dtype: "f32", shape, strides, offset: 0 };
        const kernel = reduction(kind, [size(outer), size(reduced), size(inner)], input);
        const squared: ReduceKernel = {
          ...kernel,
          program: {
            ...kernel.program,
            body: [
              { op: "iota", axis: shape.length - 1, dtype: "f32" },
              { op: "mul", args: [0, 0], dtype: "f32" },
              { op: "add", args: [1, 2], dtype: "f32" },
            ],
            results: [3],
          },
        };
        await expectSame(
          backend,
          [squared],
          [randoms(size(shape), 3), randoms(size(outer) * size(inner) + 7, 4)],
          tolerance,
        );
      }),
      { numRuns: 25, seed: 11 },
    );
  });

  test("integers wrap, and have their own bounds", async () => {
    const values = fromArray([0x7fffffff, 1, 0x80000000, 0xffffffff, 5, 0, 7, 9], "u32");
    for (const dtype of ["i32", "u32"] as const)
      for (const kind of kinds)
        await expectSame(backend, [reduction(kind, [2, 4, 1], view(0, [2, 4], dtype), dtype)], [values, randoms(9, 2)]);
  });

  test("maxima and minima propagate NaN and infinities", async () => {
    const rows = [
      [1, Number.NaN, 3, -1],
      [-Infinity, -Infinity, -Infinity, -Infinity],
      [1, Infinity, 2, 3],
    ];
    for (const kind of ["max", "min"] as const) {
      const [, actual] = await runOn(
        backend,
        [reduction(kind, [3, 4, 1], view(0, [3, 4]))],
        [fromArray(rows.flat()), randoms(9)],
      );
      expect([...actual!.f32.subarray(4, 7)]).toEqual(rows.map((row) => Math[kind](...row)));
    }
  });

  test("a long sum keeps its digits: 100,000 times 0.1", async () => {
    const n = 100_000;
    const input: View = { slot: 0, dtype: "f32", shape: [n], strides: [0], offset: 0 };
    const [, actual] = await runOn(backend, [reduction("sum", [1, n, 1], input)], [fromArray([0.1]), randoms(5)]);
    expect(Math.abs(actual!.f32[4]! / (Math.fround(0.1) * n) - 1)).toBeLessThan(5e-7);
  });

  test("the same bits every time", async () => {
    const kernel = reduction("sum", [1, 5000, 1], view(0, [5000]));
    const once = await runOn(backend, [kernel], [randoms(5000), randoms(5)]);
    const again = await runOn(backend, [kernel], [randoms(5000), randoms(5)]);
    expect(again[1]!.u32).toEqual(once[1]!.u32);
  });
});

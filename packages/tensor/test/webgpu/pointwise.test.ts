import fc from "fast-check";
import { test } from "vitest";
import type { Instruction, PointwiseKernel, PointwiseProgram, View } from "../../src/compile/kernel.js";
import { describeWebgpu } from "./device.js";
import { expectSame, fromArray, randoms, view } from "./run.js";

const ROOM = 900;

/** Strides of a permuted, padded or broadcast window that fits ROOM elements. */
const stridesArbitrary = (shape: readonly number[]): fc.Arbitrary<{ strides: number[]; offset: number }> =>
  fc
    .record({
      order: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
      broadcast: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: shape.length, maxLength: shape.length }),
      pad: fc.constantFrom(0, 0, 0, 1, 4),
      offset: fc.constantFrom(0, 0, 4, 3),
      plain: fc.boolean(),
    })
    .map(({ order, broadcast, pad, offset, plain }) => {
      const strides = shape.map(() => 0);
      let next = 1;
      for (const axis of plain ? [...shape.keys()].reverse() : order) {
        strides[axis] = !plain && broadcast[axis] === 0 ? 0 : next;
        next *= shape[axis]!;
        if (next > 1) next += pad;
      }
      return { strides, offset };
    });

const shapeArbitrary = fc.oneof(
  fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }),
  fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom(4, 8, 12)).map(([rows, columns]) => [rows, columns]),
  fc.integer({ min: 1, max: 70 }).map((n) => [n]),
);

const body: readonly Instruction[] = [
  { op: "mul", args: [0, 1], dtype: "f32" },
  { op: "constant", value: 0.375, dtype: "f32" },
  { op: "add", args: [2, 3], dtype: "f32" },
  { op: "lt", args: [0, 4], dtype: "bool" },
  { op: "select", args: [5, 4, 1], dtype: "f32" },
];

/** Distinct buffers for every view; outputs are windows without stride 0. */
const kernelArbitrary: fc.Arbitrary<PointwiseKernel> = shapeArbitrary.chain((shape) => {
  const windows = stridesArbitrary(shape);
  const written = windows.filter(({ strides }) => strides.every((stride) => stride !== 0));
  return fc
    .tuple(windows, windows, written, fc.integer({ min: -1, max: shape.length - 1 }))
    .map(([a, b, out, axis]) => {
      const iota: Instruction[] =
        axis < 0
          ? []
          : [
              { op: "iota", axis, dtype: "f32" },
              { op: "add", args: [6, 7], dtype: "f32" },
            ];
      const program: PointwiseProgram = {
        shape,
        loads: [a, b].map((window, slot): View => ({ slot, dtype: "f32", shape, ...window })),
        body: [...body, ...iota],
        results: [axis < 0 ? 6 : 8],
      };
      return { kind: "pointwise", name: "random", program, outputs: [{ slot: 2, dtype: "f32", shape, ...out }] };
    });
});

const fits = (kernel: PointwiseKernel): boolean =>
  [...kernel.program.loads, ...kernel.outputs].every(
    ({ shape, strides, offset }) =>
      shape.reduce((end, extent, axis) => end + (extent - 1) * strides[axis]!, offset) < ROOM,
  );

const program = (
  shape: readonly number[],
  loads: readonly View[],
  instructions: readonly Instruction[],
  results: number[],
) => ({
  shape,
  loads,
  body: instructions,
  results,
});

describeWebgpu("pointwise", (backend) => {
  test("any shape, strides and offsets: the right values, and no neighbour touched", async () => {
    const slots = [1, 2, 3].map((seed) => randoms(ROOM, seed));
    await fc.assert(
      fc.asyncProperty(kernelArbitrary.filter(fits), (kernel) => expectSame(backend, [kernel], slots)),
      { numRuns: 60, seed: 7 },
    );
  });

  test.each([1, 2, 3, 4, 5, 7, 8, 63, 257])("%i elements: the tail stops where the output stops", async (n) => {
    const kernel: PointwiseKernel = {
      kind: "pointwise",
      name: "tail",
      program: program([n], [view(0, [n])], [{ op: "neg", args: [0], dtype: "f32" }], [1]),
      outputs: [view(1, [n], "f32", 4)],
    };
    await expectSame(backend, [kernel], [randoms(n, 1), randoms(n + 9, 2)]);
  });

  test("in place, and two windows of one buffer (concatenation)", async () => {
    const double: Instruction[] = [{ op: "add", args: [0, 0], dtype: "f32" }];
    for (const shape of [[3, 8], [3, 5], [7]]) {
      const n = shape.reduce((a, b) => a * b, 1);
      const inPlace: PointwiseKernel = {
        kind: "pointwise",
        name: "in place",
        program: program(shape, [view(0, shape)], double, [1]),
        outputs: [view(0, shape)],
      };
      await expectSame(backend, [inPlace], [randoms(n)]);
    }
    const half = (offset: number): View => ({ slot: 1, dtype: "f32", shape: [5, 4], strides: [8, 1], offset });
    const concatenate: PointwiseKernel = {
      kind: "pointwise",
      name: "concatenate",
      program: program([5, 4], [view(0, [5, 4])], double, [0, 1]),
      outputs: [half(0), half(4)],
    };
    await expectSame(backend, [concatenate], [randoms(20, 1), randoms(43, 2)]);
    const copyWithin: PointwiseKernel = {
      ...concatenate,
      name: "window to window",
      program: program([5, 4], [half(0)], double, [1]),
      outputs: [half(4)],
    };
    await expectSame(backend, [copyWithin], [randoms(1), randoms(40, 2)]);
  });

  test("one buffer seen as several dtypes", async () => {
    const kernel: PointwiseKernel = {
      kind: "pointwise",
      name: "dtypes",
      program: program(
        [9],
        [view(0, [9], "u32"), view(0, [9], "f32"), view(0, [9], "i32")],
        [
          { op: "constant", value: 0x80000000, dtype: "u32" },
          { op: "xor", args: [0, 3], dtype: "u32" },
          { op: "neg", args: [1], dtype: "f32" },
        ],
        [4, 5, 2],
      ),
      outputs: [view(1, [9], "u32"), view(2, [9]), view(3, [9], "i32")],
    };
    await expectSame(
      backend,
      [kernel],
      [1, 2, 3, 4].map((seed) => randoms(9, seed)),
    );
  });

  test("iota in every dtype, along the vector axis and others", async () => {
    for (const shape of [[3, 8], [2, 5], [6], [1, 4]]) {
      const axes = [...shape.keys()];
      const instructions = axes.flatMap((axis) =>
        (["f32", "i32", "u32"] as const).map((dtype) => ({ op: "iota" as const, axis, dtype })),
      );
      const n = shape.reduce((a, b) => a * b, 1);
      const kernel: PointwiseKernel = {
        kind: "pointwise",
        name: "iota",
        program: program(shape, [], instructions, [...instructions.keys()]),
        outputs: instructions.map(({ dtype }, slot) => view(slot, shape, dtype)),
      };
      await expectSame(
        backend,
        [kernel],
        instructions.map((_, seed) => randoms(n, seed + 1)),
      );
    }
  });

  test("more workgroups than one dimension of a dispatch may have", async () => {
    // 65,535 workgroups of 64 invocations; a strided output keeps one element per invocation.
    const n = 65535 * 64 + 100;
    const kernel: PointwiseKernel = {
      kind: "pointwise",
      name: "long",
      program: program([n], [], [{ op: "iota", axis: 0, dtype: "u32" }], [0]),
      outputs: [{ slot: 0, dtype: "u32", shape: [n], strides: [1], offset: 1 }],
    };
    const buffer = backend.allocate((n + 1) * 4);
    const executable = backend.compile([kernel], 1);
    executable.run([buffer]);
    const tail = (await backend.read(buffer, "u32", 200, (n + 1 - 200) * 4)) as Uint32Array;
    executable.destroy();
    backend.free(buffer);
    const expected = Array.from({ length: 200 }, (_, i) => n - 200 + i);
    if (expected.some((value, i) => tail[i] !== value))
      throw new Error(`the last elements are ${tail.slice(-4)}, not ${expected.slice(-4)}`);
  });

  test("nothing to do", async () => {
    const kernel: PointwiseKernel = {
      kind: "pointwise",
      name: "empty",
      program: program([0, 3], [view(0, [0, 3])], [], [0]),
      outputs: [view(1, [0, 3])],
    };
    await expectSame(backend, [kernel], [fromArray([1]), fromArray([2])]);
  });
});

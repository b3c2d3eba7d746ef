import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { createWasmBackend } from "../../src/backends/wasm/index.js";
import type { Instruction, PointwiseKernel, PointwiseProgram, View } from "../../src/compile/kernel.js";
import type { AnyData, DType } from "../../src/dtype.js";
import { randomFloats, randomUints, runKernels } from "./harness.js";
import { count, evaluate, place, rowMajor, view } from "./reference.js";

const backend = await createWasmBackend();
afterAll(() => backend.destroy());

const shapes = fc.oneof(
  fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 0, maxLength: 5 }),
  fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 60 })),
  fc.tuple(fc.integer({ min: 500, max: 2100 })),
);

/** A view of `shape` that permutes, broadcasts, skips and starts anywhere. */
const viewOf = (
  shape: readonly number[],
  slot: number,
  dtype: DType,
  plan: { order: number; broadcast: number; padding: number },
): View => {
  const axes = shape.map((_, d) => d);
  for (let d = axes.length - 1; d > 0; d--) {
    const other = (plan.order >> d) % (d + 1);
    [axes[d], axes[other]] = [axes[other]!, axes[d]!];
  }
  const strides = shape.map(() => 0);
  let step = plan.padding > 2 ? 2 : 1;
  for (const d of axes.reverse()) {
    if ((plan.broadcast >> d) & 1) continue;
    strides[d] = step;
    step *= shape[d]!;
    if (plan.padding === 2) step += 1;
  }
  return { slot, dtype, shape, strides, offset: plan.padding };
};

const plans = fc.record({
  order: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 })),
  broadcast: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 31 })),
  padding: fc.integer({ min: 0, max: 3 }),
});

const span = ({ shape, strides, offset }: View): number =>
  offset + 1 + shape.reduce((sum, size, d) => sum + (size - 1) * strides[d]!, 0);

/** Operations with one right answer, so that whole programs can be compared bit for bit; the others have their own tests. */
const floatUnary = ["neg", "abs", "sign", "floor", "ceil", "round", "sqrt", "reciprocal"] as const;
const floatBinary = ["add", "sub", "mul", "max", "min"] as const;

/** A random program over f32 loads: arithmetic, comparisons, selections, coordinates, constants. */
const programs = fc.record({
  shape: shapes,
  plans: fc.array(plans, { minLength: 1, maxLength: 3 }),
  steps: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()), { minLength: 0, maxLength: 12 }),
  outputs: fc.array(fc.tuple(fc.nat(), plans), { minLength: 1, maxLength: 3 }),
});

const build = (p: typeof programs extends fc.Arbitrary<infer T> ? T : never): PointwiseKernel => {
  const loads = p.plans.map((plan, slot) => viewOf(p.shape, slot, "f32", plan));
  const body: Instruction[] = [];
  const floats = loads.map((_, i) => i);
  const bools: number[] = [];
  for (const [kind, a, b, c] of p.steps) {
    const value = loads.length + body.length;
    const x = floats[a % floats.length]!;
    const y = floats[b % floats.length]!;
    if (kind % 8 === 0) body.push({ op: "constant", value: (a % 9) - 4, dtype: "f32" });
    else if (kind % 8 === 1 && p.shape.length) body.push({ op: "iota", axis: a % p.shape.length, dtype: "f32" });
    else if (kind % 8 === 2) body.push({ op: "lt", args: [x, y], dtype: "bool" });
    else if (kind % 8 === 3 && bools.length)
      body.push({ op: "select", args: [bools[c % bools.length]!, x, y], dtype: "f32" });
    else if (kind % 8 === 7) {
      // There and back through the bits: two renamings that cost nothing and must not confuse anybody.
      body.push({ op: "bitcast", args: [x], dtype: "u32" }, { op: "bitcast", args: [value], dtype: "f32" });
      floats.push(value + 1);
      continue;
    } else if (kind % 8 <= 4) body.push({ op: floatUnary[c % floatUnary.length]!, args: [x], dtype: "f32" });
    else body.push({ op: floatBinary[c % floatBinary.length]!, args: [x, y], dtype: "f32" });
    (body.at(-1)!.dtype === "bool" ? bools : floats).push(value);
  }
  const results = p.outputs.map(([pick]) => floats[floats.length - 1 - (pick % floats.length)]!);
  const outputs = p.outputs.map(([, plan], i) => viewOf(p.shape, loads.length + i, "f32", { ...plan, broadcast: 0 }));
  return { kind: "pointwise", name: "random", program: { shape: p.shape, loads, body, results }, outputs };
};

test("a random program over random windows writes its results and nothing else", async () => {
  await fc.assert(
    fc.asyncProperty(programs, async (p) => {
      const kernel = build(p);
      const slots = [...kernel.program.loads, ...kernel.outputs].map((v) => randomFloats(span(v) + 4, 5 + v.slot, 3));
      const expected = slots.map((data) => Float64Array.from(data));
      const results = evaluate(kernel.program, slots);
      for (const [i, output] of kernel.outputs.entries())
        for (const [point, value] of results[i]!.entries()) expected[output.slot]![place(output, point)] = value;
      const out = await runKernels(backend, [kernel], slots);
      for (const [slot, data] of expected.entries())
        for (const [i, value] of data.entries()) {
          const found = out[slot]![i]!;
          if (found !== value && !(Number.isNaN(found) && Number.isNaN(value)))
            expect({ slot, i, found }).toEqual({ slot, i, found: value });
        }
    }),
    { numRuns: 200 },
  );
}, 20_000);

const pairs: readonly (readonly [Instruction["op"], DType, DType])[] = [
  ...(["add", "sub", "mul", "max", "min", "lt", "le", "eq"] as const).flatMap((op) =>
    (["i32", "u32", "f32"] as const).map(
      (d) => [op, d, op === "lt" || op === "le" || op === "eq" ? "bool" : d] as const,
    ),
  ),
  ...(["and", "or", "xor"] as const).flatMap((op) => (["u32", "i32"] as const).map((d) => [op, d, d] as const)),
  ...(["rem", "quo"] as const).map((op) => [op, "u32", "u32"] as const),
  ["div", "f32", "f32"],
];

const asDType = (data: Uint32Array, dtype: DType): AnyData =>
  dtype === "f32" ? new Float32Array(data.buffer) : dtype === "i32" ? new Int32Array(data.buffer) : data;

test.each(pairs)("%s of %s is exact for every bit pattern", async (op, dtype, result) => {
  const n = 1000;
  const corner = [0, 1, 2, 3, 0x7fffffff, 0x80000000, 0xffffffff, 0x7f800000, 0xff800000, 0x7fc00000, 0x3f800000, 5];
  const left = randomUints(n, 1);
  const right = randomUints(n, 2);
  for (let i = 0; i < 144; i++) {
    left[i] = corner[i % 12]!;
    right[i] = corner[Math.floor(i / 12)]!;
  }
  const slots = [asDType(left, dtype), asDType(right, dtype), asDType(new Uint32Array(n), result)];
  const program: PointwiseProgram = {
    shape: [n],
    loads: [view(0, [n], dtype), view(1, [n], dtype)],
    body: [{ op: op as "add", args: [0, 1], dtype: result }],
    results: [2],
  };
  const kernel: PointwiseKernel = { kind: "pointwise", name: op, program, outputs: [view(2, [n], result)] };
  const out = await runKernels(backend, [kernel], slots);
  expect([...out[2]!]).toEqual(evaluate(program, slots)[0]);
});

test.each(["shl", "shr"] as const)("%s by a value and by a constant", async (op) => {
  const n = 100;
  const slots = [randomUints(n, 1), randomUints(n, 2, 32), new Uint32Array(n), new Uint32Array(n)];
  const program: PointwiseProgram = {
    shape: [n],
    loads: [view(0, [n], "u32"), view(1, [n], "u32")],
    body: [
      { op, args: [0, 1], dtype: "u32" },
      { op: "constant", value: 9, dtype: "u32" },
      { op, args: [0, 3], dtype: "u32" },
    ],
    results: [2, 4],
  };
  const outputs = [view(2, [n], "u32"), view(3, [n], "u32")];
  const out = await runKernels(backend, [{ kind: "pointwise", name: op, program, outputs }], slots);
  const expected = evaluate(program, slots);
  expect([...out[2]!]).toEqual(expected[0]);
  expect([...out[3]!]).toEqual(expected[1]);
});

test("casts truncate, saturate and turn NaN to 0; bitcasts keep bits", async () => {
  const values = [
    0,
    -0,
    1.9,
    -1.9,
    2 ** 31,
    -(2 ** 31) - 300,
    2 ** 32,
    1e20,
    -1e20,
    Infinity,
    -Infinity,
    NaN,
    0.4,
    3e9,
    -5,
  ];
  const x = Float32Array.from(values);
  const n = x.length;
  const dtypes = ["i32", "u32", "bool", "f32"] as const;
  for (const to of dtypes) {
    const program: PointwiseProgram = {
      shape: [n],
      loads: [view(0, [n])],
      body: [{ op: "cast", args: [0], dtype: to }],
      results: [1],
    };
    const target = asDType(new Uint32Array(n), to);
    const out = await runKernels(
      backend,
      [{ kind: "pointwise", name: "cast", program, outputs: [view(1, [n], to)] }],
      [x, target],
    );
    expect([...out[1]!]).toEqual(evaluate(program, [x])[0]);
  }
  for (const from of ["i32", "u32"] as const)
    for (const [op, to] of [
      ["cast", "f32"],
      ["bitcast", "f32"],
      ["cast", "bool"],
      ["cast", from === "i32" ? "u32" : "i32"],
    ] as const) {
      const data = asDType(Uint32Array.from([0, 1, 7, 0x7fffffff, 0x80000000, 0xffffffff, 0x3f800000, 16777217]), from);
      const shape = [data.length];
      const program: PointwiseProgram = {
        shape,
        loads: [view(0, shape, from)],
        body: [{ op, args: [0], dtype: to }],
        results: [1],
      };
      const target = asDType(new Uint32Array(data.length), to);
      const out = await runKernels(
        backend,
        [{ kind: "pointwise", name: op, program, outputs: [view(1, shape, to)] }],
        [data, target],
      );
      expect([...out[1]!]).toEqual(evaluate(program, [data])[0]);
    }
});

test("an update in place reads every point before it writes it, and may swap two buffers", async () => {
  const n = 1237;
  const a = randomFloats(n, 1);
  const b = randomFloats(n, 2);
  const swap: PointwiseKernel = {
    kind: "pointwise",
    name: "swap",
    program: { shape: [n], loads: [view(0, [n]), view(1, [n])], body: [], results: [1, 0] },
    outputs: [view(0, [n]), view(1, [n])],
  };
  const swapped = await runKernels(backend, [swap], [a, b]);
  expect(swapped).toEqual([b, a]);
  // a <- a + b while b <- (old a) * b: the second needs a after the first is known.
  const update: PointwiseKernel = {
    ...swap,
    program: {
      ...swap.program,
      body: [
        { op: "add", args: [0, 1], dtype: "f32" },
        { op: "mul", args: [0, 1], dtype: "f32" },
      ],
      results: [2, 3],
    },
  };
  const updated = await runKernels(backend, [update], [a, b]);
  expect(updated[0]).toEqual(a.map((x, i) => x + b[i]!));
  expect(updated[1]).toEqual(a.map((x, i) => x * b[i]!));
});

test("concatenation: two kernels write two windows of one buffer", async () => {
  const left = view(0, [5, 3]);
  const right = view(1, [5, 4]);
  const strides = [7, 1];
  const copy = (from: View, offset: number): PointwiseKernel => ({
    kind: "pointwise",
    name: "copy",
    program: { shape: from.shape, loads: [from], body: [], results: [0] },
    outputs: [{ slot: 2, dtype: "f32", shape: from.shape, strides, offset }],
  });
  const slots = [randomFloats(15, 1), randomFloats(20, 2), new Float32Array(35)];
  const out = await runKernels(backend, [copy(left, 0), copy(right, 3)], slots);
  for (let i = 0; i < 35; i++) {
    const [row, column] = [Math.floor(i / 7), i % 7];
    expect(out[2]![i]).toBe(column < 3 ? slots[0]![row * 3 + column] : slots[1]![row * 4 + column - 3]);
  }
  expect(count([5, 7])).toBe(35);
  expect(rowMajor([5, 7])).toEqual(strides);
});

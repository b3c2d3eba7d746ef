import { expect, test } from "vitest";
import type { ScalarFunction } from "../../src/backends/scalars.js";
import type { PointwiseKernel } from "../../src/compile/kernel.js";
import type { DType } from "../../src/dtype.js";
import { describeWebgpu } from "./device.js";
import { type Memory, scalar } from "./reference.js";
import { fromArray, randoms, runOn, view } from "./run.js";

const apply = (op: ScalarFunction, from: readonly DType[], to: DType, n: number): PointwiseKernel => ({
  kind: "pointwise",
  name: op,
  program: {
    shape: [n],
    loads: from.map((dtype, i) => view(i, [n], dtype)),
    body: [{ op, args: from.map((_, i) => i), dtype: to }],
    results: [from.length],
  },
  outputs: [view(from.length, [n], to)],
});

/** Distance in units of the last place of the exact value, which for subnormals is that of the smallest normal. */
const ulps = (actual: number, exact: number): number => {
  const rounded = Math.fround(exact);
  if (Object.is(actual, rounded) || (actual === rounded && rounded === 0)) return 0;
  if (!Number.isFinite(actual) || !Number.isFinite(rounded)) return Infinity;
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(exact))));
  return Math.abs(actual - exact) / 2 ** (exponent - 23);
};

const sweep = (low: number, high: number, n = 4001): number[] =>
  Array.from({ length: n }, (_, i) => low + ((high - low) * i) / (n - 1));
const powers = (low: number, high: number): number[] =>
  Array.from({ length: (high - low) * 4 }, (_, i) => 2 ** (low + i / 4)).flatMap((x) => [x, -x]);
const special = [0, -0, 1, -1, Infinity, -Infinity, Number.NaN, 2 ** -126, -(2 ** -126), 3.4e38, -3.4e38];

/** Inputs, and the largest error allowed in ulps beyond `absolute` (for functions with zeros that reduction cannot resolve). */
const cases: Partial<
  Record<ScalarFunction, { readonly x: readonly number[]; readonly ulps: number; readonly absolute?: number }>
> = {
  neg: { x: powers(-20, 20), ulps: 0 },
  abs: { x: powers(-20, 20), ulps: 0 },
  sign: { x: powers(-20, 20), ulps: 0 },
  floor: { x: sweep(-5, 5, 401), ulps: 0 },
  ceil: { x: sweep(-5, 5, 401), ulps: 0 },
  round: { x: sweep(-5, 5, 41), ulps: 0 },
  sqrt: { x: [...sweep(0, 9), ...powers(-100, 100).map(Math.abs), -2], ulps: 2 },
  rsqrt: { x: [...sweep(1e-3, 9), ...powers(-100, 100).map(Math.abs), -2], ulps: 2.5 },
  reciprocal: { x: [...sweep(0.5, 9), ...powers(-100, 100)], ulps: 2.5 },
  exp: { x: [...sweep(-87, 88.5), ...sweep(-1, 1), 88.8, 200, -104, -200], ulps: 1.5 },
  // Subnormals too, which a device may flush to 0 in arithmetic but not in memory.
  log: {
    x: [...sweep(0.5, 2), ...sweep(1e-3, 50), ...powers(-149, 120).map(Math.abs), 1.1e-38, 1e-40, -1e-40, -3],
    ulps: 1.5,
  },
  sin: { x: [...sweep(-7, 7), ...sweep(-8000, 8000), ...powers(10, 120)], ulps: 2, absolute: 2e-9 },
  cos: { x: [...sweep(-7, 7), ...sweep(-8000, 8000), ...powers(10, 120)], ulps: 2, absolute: 2e-9 },
  tanh: { x: [...sweep(-10, 10), ...sweep(-1, 1), 100, -100], ulps: 2 },
  erf: { x: [...sweep(-5, 5), ...sweep(-1.1, 1.1), 100, -100], ulps: 2, absolute: 2e-39 },
  sigmoid: { x: [...sweep(-80, 80), ...sweep(-1, 1), 1000], ulps: 3 },
  gelu: { x: [...sweep(-4, 6), ...sweep(-1, 1), 50], ulps: 5, absolute: 3e-8 },
  geluGrad: { x: [...sweep(-3, 6), 50, -50], ulps: 4, absolute: 2e-7 },
};

const pad = (values: readonly number[]): number[] => [
  ...values,
  ...new Array((4 - (values.length % 4)) % 4).fill(1),
  0.5,
];

describeWebgpu("scalar functions", (backend) => {
  // gelu(-inf) is -inf times 0.
  const specialFor = (op: string): number[] =>
    op.startsWith("gelu") ? special.filter((x) => x !== -Infinity) : special;

  test.each(Object.entries(cases))(
    "%s against float64, special values included",
    async (op, { x, ulps: allowed, absolute = 0 }) => {
      const inputs = fromArray(pad([...x, ...specialFor(op)]));
      const n = inputs.f32.length;
      const [, actual] = await runOn(backend, [apply(op as ScalarFunction, ["f32"], "f32", n)], [inputs, randoms(n)]);
      for (let i = 0; i < n; i++) {
        const exact = scalar(op as ScalarFunction, [inputs.f32[i]!], ["f32"], "f32");
        const got = actual!.f32[i]!;
        // Results below the normal range may be flushed to zero.
        const error = Math.abs(exact) < 2 ** -126 && Math.abs(got) <= 2 ** -126 ? 0 : ulps(got, exact);
        if (error > allowed && !(Math.abs(got - exact) <= absolute))
          expect.fail(`${op}(${inputs.f32[i]}) = ${got}, expected ${exact}: ${error} ulps`);
      }
    },
  );

  test("pow against float64, special values included", async () => {
    const pairs: [number, number][] = [];
    for (const x of [...special, 0.5, 2, 10, -2, 0.999, 1.001, 123.456])
      for (const y of [...special, 0.5, 2, 3, -3, 2.5, 80, -80]) pairs.push([x, y]);
    for (const x of sweep(0.01, 20, 60)) for (const y of sweep(-25, 25, 41)) pairs.push([x, y]);
    const [x, y] = [fromArray(pairs.map(([a]) => a)), fromArray(pairs.map(([, b]) => b))];
    const n = pairs.length;
    const [, , actual] = await runOn(backend, [apply("pow", ["f32", "f32"], "f32", n)], [x, y, randoms(n)]);
    for (let i = 0; i < n; i++) {
      const [a, b] = [x.f32[i]!, y.f32[i]!];
      // IEEE 754 pow: 1 to any power is 1, and so is -1 to an infinite one; Math.pow says NaN.
      const exact = a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b;
      const got = actual!.f32[i]!;
      const error = Math.abs(exact) < 2 ** -126 && Math.abs(got) <= 2 ** -126 ? 0 : ulps(got, exact);
      if (error > 2) expect.fail(`${a} ** ${b} = ${got}, expected ${exact}: ${error} ulps`);
    }
  });

  const edge = [0, 1, 2, 3, 5, 31, 255, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe, 0x12345678, 0xdeadbeef];
  const words = edge.flatMap((a) => edge.map((b) => [a, b] as const));
  const binary = async (op: ScalarFunction, from: DType, to: DType, a: Memory, b: Memory): Promise<Memory> => {
    const n = a.u32.length;
    const [, , actual] = await runOn(backend, [apply(op, [from, from], to, n)], [a, b, randoms(n)]);
    return actual!;
  };

  const integerOps: [ScalarFunction, DType, DType][] = [
    ...(["i32", "u32"] as const).flatMap((dtype) =>
      (["add", "sub", "mul", "max", "min", "and", "or", "xor"] as const).map(
        (op) => [op, dtype, dtype] as [ScalarFunction, DType, DType],
      ),
    ),
    ...(["i32", "u32"] as const).flatMap((dtype) =>
      (["lt", "le", "eq"] as const).map((op) => [op, dtype, "bool"] as [ScalarFunction, DType, DType]),
    ),
    ["rem", "u32", "u32"],
    ["quo", "u32", "u32"],
  ];
  test.each(integerOps)("%s of %s wraps and never traps", async (op, from, to) => {
    const [a, b] = [0, 1].map((which) =>
      fromArray(
        words.map((pair) => pair[which]!),
        "u32",
      ),
    ) as [Memory, Memory];
    const actual = await binary(op, from, to, a, b);
    const source = (slot: Memory, i: number): number => (from === "i32" ? slot.i32[i]! : slot.u32[i]!);
    for (let i = 0; i < words.length; i++) {
      const expected = fromArray([scalar(op, [source(a, i), source(b, i)], [from, from], to)], to);
      expect([op, source(a, i), source(b, i), actual.u32[i]]).toEqual([
        op,
        source(a, i),
        source(b, i),
        expected.u32[0],
      ]);
    }
  });

  test.each(["shl", "shr"] as const)("%s by every count", async (op) => {
    const a = fromArray(
      Array.from({ length: 33 }, () => 0xdeadbeef),
      "u32",
    );
    const b = fromArray(
      Array.from({ length: 33 }, (_, i) => i % 32),
      "u32",
    );
    const actual = await binary(op, "u32", "u32", a, b);
    expect([...actual.u32]).toEqual([...b.u32].map((count) => scalar(op, [0xdeadbeef, count], ["u32", "u32"], "u32")));
  });

  test.each(["add", "sub", "mul", "div", "max", "min"] as const)(
    "%s of f32, NaN and infinities included",
    async (op) => {
      const values = [...special, 0.1, -7.5, 1e-30, 1e30];
      const pairs = values.flatMap((a) => values.map((b) => [a, b] as const));
      const [a, b] = [0, 1].map((which) => fromArray(pairs.map((pair) => pair[which]!))) as [Memory, Memory];
      const actual = await binary(op, "f32", "f32", a, b);
      pairs.forEach((_, i) => {
        const exact = scalar(op, [a.f32[i]!, b.f32[i]!], ["f32", "f32"], "f32");
        const tiny = Math.abs(exact) < 2 ** -126 && Math.abs(actual.f32[i]!) <= 2 ** -126;
        const error = tiny ? 0 : ulps(actual.f32[i]!, exact);
        expect(error, `${op}(${a.f32[i]}, ${b.f32[i]}) = ${actual.f32[i]}, expected ${exact}`).toBeLessThanOrEqual(
          op === "div" ? 2.5 : 0.5,
        );
      });
    },
  );

  test.each(["lt", "le", "eq"] as const)("%s of f32 is false for NaN", async (op) => {
    const pairs = special.flatMap((a) => special.map((b) => [a, b] as const));
    const [a, b] = [0, 1].map((which) => fromArray(pairs.map((pair) => pair[which]!))) as [Memory, Memory];
    const actual = await binary(op, "f32", "bool", a, b);
    expect([...actual.u32]).toEqual(pairs.map((_, i) => scalar(op, [a.f32[i]!, b.f32[i]!], ["f32", "f32"], "bool")));
  });

  test.each(["and", "or", "xor"] as const)("%s of bool", async (op) => {
    const [a, b] = [fromArray([0, 0, 1, 1, 1], "u32"), fromArray([0, 1, 0, 1, 1], "u32")];
    const actual = await binary(op, "bool", "bool", a, b);
    expect([...actual.u32]).toEqual(
      [0, 1, 2, 3, 4].map((i) => scalar(op, [a.u32[i]!, b.u32[i]!], ["bool", "bool"], "bool")),
    );
  });

  const floats = [
    ...special,
    0.9,
    -0.9,
    1.5,
    -2.5,
    2147483520,
    2147483648,
    -2147483648,
    -2147483904,
    4294967040,
    4294967296,
    1e20,
    -1e20,
  ];
  const sources: [DType, readonly number[]][] = [
    ["f32", floats],
    ["i32", [0, 1, -1, 7, 16777217, 2 ** 31 - 1, -(2 ** 31)]],
    ["u32", [0, 1, 7, 16777217, 2 ** 31, 2 ** 32 - 1]],
    ["bool", [0, 1, 1, 0]],
  ];
  const casts = sources.flatMap(([from, values]) =>
    (["f32", "i32", "u32", "bool"] as const).map((to) => [from, to, values] as const),
  );
  test.each(casts)("cast from %s to %s", async (from, to, values) => {
    const x = fromArray(values, from);
    const [, actual] = await runOn(backend, [apply("cast", [from], to, values.length)], [x, randoms(values.length)]);
    const source = from === "bool" ? x.u32 : x[from];
    const target = to === "bool" ? actual!.u32 : actual![to];
    expect([...target]).toEqual([...source].map((value) => scalar("cast", [value], [from], to)));
  });

  test("bitcast, not, select, and constants WGSL has no literals for", async () => {
    const n = 6;
    const kernel: PointwiseKernel = {
      kind: "pointwise",
      name: "odds and ends",
      program: {
        shape: [n],
        loads: [view(0, [n]), view(1, [n], "bool")],
        body: [
          { op: "bitcast", args: [0], dtype: "u32" },
          { op: "not", args: [1], dtype: "bool" },
          { op: "constant", value: -Infinity, dtype: "f32" },
          { op: "select", args: [3, 0, 4], dtype: "f32" },
          { op: "constant", value: Number.NaN, dtype: "f32" },
          { op: "constant", value: -2147483648, dtype: "i32" },
          { op: "constant", value: 4294967295, dtype: "u32" },
          { op: "constant", value: 1, dtype: "bool" },
        ],
        results: [2, 5, 6, 7, 8, 9],
      },
      outputs: (["u32", "f32", "f32", "i32", "u32", "bool"] as const).map((dtype, i) => view(2 + i, [n], dtype)),
    };
    const x = fromArray([0, -0, 1, Number.NaN, -Infinity, 3]);
    const slots = [x, fromArray([1, 0, 1, 0, 1, 0], "u32"), ...Array.from({ length: 6 }, () => randoms(n))];
    const [, , bits, chosen, nan, int, uint, yes] = await runOn(backend, [kernel], slots);
    expect(bits!.u32).toEqual(x.u32);
    expect([...chosen!.f32]).toEqual([-Infinity, -0, -Infinity, Number.NaN, -Infinity, 3]);
    expect([...nan!.f32]).toEqual(new Array(n).fill(Number.NaN));
    expect([...int!.i32]).toEqual(new Array(n).fill(-2147483648));
    expect([...uint!.u32]).toEqual(new Array(n).fill(4294967295));
    expect([...yes!.u32]).toEqual(new Array(n).fill(1));
  });
});

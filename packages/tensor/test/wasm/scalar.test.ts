import { afterAll, describe, expect, test } from "vitest";
import type { ScalarFunction } from "../../src/backends/scalars.js";
import { createWasmBackend } from "../../src/backends/wasm/index.js";
import type { PointwiseKernel } from "../../src/compile/kernel.js";
import { generator, runKernels } from "./harness.js";
import { unaryReference, view } from "./reference.js";

const backends = [await createWasmBackend(), await createWasmBackend({ relaxedSimd: false, threads: 1 })];
afterAll(() => {
  for (const backend of backends) backend.destroy();
});

const apply = (op: ScalarFunction, n: number): PointwiseKernel => ({
  kind: "pointwise",
  name: op,
  program: { shape: [n], loads: [view(0, [n])], body: [{ op, args: [0], dtype: "f32" }], results: [1] },
  outputs: [view(1, [n])],
});

/** Distance in units of the last place of an f32 near `exact`. */
const ulps = (found: number, exact: number): number => {
  if (Object.is(found, Math.fround(exact))) return 0;
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(exact) || 2 ** -126)));
  return Math.abs(found - exact) / 2 ** (exponent - 23);
};

/** Range tested, and the largest error allowed in ulps. */
const accuracy: readonly [ScalarFunction, number, number, number][] = [
  ["sqrt", 0, 1e6, 0.5],
  ["rsqrt", 1e-6, 1e6, 1.5],
  ["reciprocal", -1e3, 1e3, 0.5],
  ["exp", -87, 88.7, 2],
  ["exp", -103, -87, 1],
  ["log", 1e-30, 100, 2],
  ["log", 0.5, 2, 2],
  ["sin", -3.2, 3.2, 2],
  ["cos", -3.2, 3.2, 2],
  ["sin", -1e6, 1e6, 2],
  ["cos", -1e6, 1e6, 2],
  ["sin", -3e38, 3e38, 2],
  ["cos", -3e38, 3e38, 2],
  ["sin", 1e6, 1e9, 2],
  ["tanh", -10, 10, 2],
  ["tanh", -0.7, 0.7, 2],
  ["erf", -4.5, 4.5, 2],
  ["erf", -1, 1, 2],
  ["sigmoid", -15, 15, 3],
  ["gelu", -1, 10, 4],
];

describe.each(backends)("$description", (backend) => {
  test.each(accuracy)("%s on [%f, %f] is within %f ulp", async (op, low, high, limit) => {
    const n = 20_000;
    const next = generator(7);
    const x = Float32Array.from({ length: n }, () => low + (high - low) * next());
    const out = (await runKernels(backend, [apply(op, n)], [x, new Float32Array(n)]))[1]!;
    let worst = { ulps: 0, x: 0, found: 0, exact: 0 };
    for (let i = 0; i < n; i++) {
      const exact = unaryReference[op]!(x[i]!);
      const error = ulps(out[i]!, exact);
      if (!(error <= worst.ulps)) worst = { ulps: error, x: x[i]!, found: out[i]!, exact };
    }
    expect(worst.ulps, JSON.stringify(worst)).toBeLessThanOrEqual(limit);
  });

  // On the left GELU vanishes, so its error is measured against the size of x; its derivative crosses 0.
  test.each(["gelu", "geluGrad"] as const)("%s is within 5e-7 everywhere", async (op) => {
    const n = 20_001;
    const x = Float32Array.from({ length: n }, (_, i) => (i - 10_000) / 800);
    const out = [...(await runKernels(backend, [apply(op, n)], [x, new Float32Array(n)]))[1]!];
    const worst = out.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - unaryReference[op]!(x[i]!)) / Math.max(1, Math.abs(x[i]!))),
      0,
    );
    expect(worst).toBeLessThan(5e-7);
  });

  const inf = Number.POSITIVE_INFINITY;
  const special: Record<string, readonly (readonly [number, number])[]> = {
    neg: [
      [0, -0],
      [inf, -inf],
    ],
    abs: [
      [-0, 0],
      [-inf, inf],
    ],
    sign: [
      [0, 0],
      [-0, -0],
      [-3, -1],
      [inf, 1],
    ],
    floor: [
      [-0.5, -1],
      [inf, inf],
      [-0, -0],
    ],
    ceil: [
      [-0.5, -0],
      [2.1, 3],
    ],
    round: [
      [0.5, 0],
      [1.5, 2],
      [2.5, 2],
      [-0.5, -0],
      [-1.5, -2],
    ],
    sqrt: [
      [0, 0],
      [-1, Number.NaN],
      [inf, inf],
    ],
    rsqrt: [
      [0, inf],
      [inf, 0],
    ],
    reciprocal: [
      [0, inf],
      [-0, -inf],
      [inf, 0],
    ],
    exp: [
      [0, 1],
      [-0, 1],
      [inf, inf],
      [-inf, 0],
      [89, inf],
      [-150, 0],
      [1e30, inf],
    ],
    log: [
      [0, -inf],
      [-0, -inf],
      [1, 0],
      [-1, Number.NaN],
      [inf, inf],
      [-inf, Number.NaN],
      [2 ** -149, Math.fround(Math.log(2 ** -149))],
    ],
    sin: [
      [0, 0],
      [-0, -0],
      [inf, Number.NaN],
      [-inf, Number.NaN],
    ],
    cos: [
      [0, 1],
      [inf, Number.NaN],
    ],
    tanh: [
      [0, 0],
      [-0, -0],
      [inf, 1],
      [-inf, -1],
      [1e30, 1],
    ],
    erf: [
      [0, 0],
      [-0, -0],
      [inf, 1],
      [-inf, -1],
    ],
    sigmoid: [
      [0, 0.5],
      [inf, 1],
      [-inf, 0],
      [-200, 0],
      [200, 1],
    ],
    gelu: [
      [0, 0],
      [inf, inf],
      [-inf, -0],
      [-1e20, -0],
      [1e20, Math.fround(1e20)],
    ],
    geluGrad: [
      [0, 0.5],
      [inf, 1],
      [-inf, 0],
      [1e20, 1],
    ],
  };

  test.each(Object.keys(special))("%s at the edges, and of NaN", async (op) => {
    const points = [...special[op]!, [Number.NaN, Number.NaN] as const];
    const x = Float32Array.from(points, ([at]) => at);
    const out = (
      await runKernels(backend, [apply(op as ScalarFunction, x.length)], [x, new Float32Array(x.length)])
    )[1]!;
    for (const [i, [at, value]] of points.entries()) {
      const found = op === "geluGrad" ? out[i]! + 0 : out[i]!;
      expect({ at, value: found }).toEqual({ at, value });
    }
  });

  test("pow follows C99 and is accurate", async () => {
    const bases = [0, -0, 1, -1, 2, -2, 0.5, -0.5, 10, 3.7, inf, -inf, Number.NaN, 1e-20, 123456];
    const exponents = [0, -0, 1, -1, 2, 3, -3, 0.5, -0.5, 2.5, inf, -inf, Number.NaN, 40, -7];
    const n = bases.length * exponents.length;
    const x = Float32Array.from({ length: n }, (_, i) => bases[i % bases.length]!);
    const y = Float32Array.from({ length: n }, (_, i) => exponents[Math.floor(i / bases.length)]!);
    const kernel: PointwiseKernel = {
      kind: "pointwise",
      name: "pow",
      program: {
        shape: [n],
        loads: [view(0, [n]), view(1, [n])],
        body: [{ op: "pow", args: [0, 1], dtype: "f32" }],
        results: [2],
      },
      outputs: [view(2, [n])],
    };
    const out = (await runKernels(backend, [kernel], [x, y, new Float32Array(n)]))[2]!;
    for (let i = 0; i < n; i++) {
      // JavaScript differs from C99 where the base is 1 or -1.
      const one = x[i] === 1 || (x[i] === -1 && Math.abs(y[i]!) === inf);
      const exact = one ? 1 : x[i]! ** y[i]!;
      const found = out[i]!;
      if (Number.isNaN(exact)) expect({ x: x[i], y: y[i], found }).toEqual({ x: x[i], y: y[i], found: Number.NaN });
      else if (!(ulps(found, exact) <= 0.51))
        expect({ x: x[i], y: y[i], found }).toEqual({ x: x[i], y: y[i], found: Math.fround(exact) });
    }
  });
});

import { describe, expect, it } from "vitest";
import type { Capabilities } from "../src/backends/backend.js";
import { compile } from "../src/compile/compile.js";
import {
  add,
  apply,
  applyAll,
  createDevice,
  defineOp,
  exp,
  flip,
  grad,
  isNodeOf,
  jit,
  log,
  mul,
  type NoAttrs,
  type Op,
  reciprocal,
  slice,
  spec,
  sum,
  type Tensor,
  transpose,
} from "../src/index.js";
import { checkAgreement, checkGradients } from "../src/testing/index.js";

/** An op the package does not have, from its public interface: log(1 + exp(k x)) / k. */
const sharpPlus = defineOp<{ readonly sharpness: number }>({
  name: "sharpPlus",
  lowering: { kind: "composite" },
  infer: ([x]) => [{ shape: x.shape, dtype: "f32" }],
  decompose: ([x], { sharpness }) => [mul(log(add(1, exp(mul(x, sharpness)))), 1 / sharpness)],
  examples: [{ inputs: [{ shape: [3, 4] }], attrs: { sharpness: 2 } }],
});

/** One with a rule and a reference of its own, beside its decomposition. */
const inverseSquare = defineOp<NoAttrs>({
  name: "inverseSquare",
  lowering: { kind: "composite" },
  infer: ([x]) => [{ shape: x.shape, dtype: "f32" }],
  flops: ([x]) => 2 * x.shape.reduce((p, n) => p * n, 1),
  vjp: ({ inputs: [x], outputs: [y], cotangents: [g] }) => [mul(g, mul(mul(y, reciprocal(x)), -2))],
  reference: ([x]) => [x.data.map((v) => 1 / v ** 2)],
  decompose: ([x]) => [reciprocal(mul(x, x))],
  examples: [{ inputs: [{ shape: [5], range: [0.5, 2] }], attrs: {} }],
});

/** A product with a kernel of its own on some backend, which reads its matrix by rows or by columns; elsewhere, an elementwise product and a sum. */
const weigh = defineOp<NoAttrs, ["matrix", "weights"], ["sums", "total"]>({
  name: "weigh",
  lowering: { kind: "call", product: true, reads: (layout, operand) => operand === 0 && layout.strides.includes(1) },
  infer: ([matrix]) => [
    { shape: matrix.shape.slice(0, 1), dtype: "f32" },
    { shape: [], dtype: "f32" },
  ],
  flops: ([matrix]) => 2 * matrix.shape.reduce((p, n) => p * n, 1),
  decompose([matrix, weights]) {
    const sums = sum(mul(matrix, weights), 1);
    return [sums, sum(sums)];
  },
  examples: [{ inputs: [{ shape: [3, 4] }, { shape: [4] }], attrs: {} }],
});

/** Two in a row are none. */
const mirror: Op<NoAttrs, ["x"], ["out"]> = defineOp<NoAttrs>({
  name: "mirror",
  lowering: { kind: "composite" },
  infer: ([x]) => [{ shape: x.shape, dtype: "f32" }],
  decompose: ([x]) => [flip(x)],
  simplify: ([{ node }]) => (isNodeOf(node, mirror) ? [node.inputs[0]] : undefined),
  examples: [{ inputs: [{ shape: [5] }], attrs: {} }],
});

const ops: readonly Op[] = [sharpPlus, inverseSquare, weigh, mirror];

describe("an op defined outside the package", () => {
  it.each(ops)("$name has gradients of both orders", (op) => {
    expect(checkGradients(op).gradients).toBeGreaterThan(0);
    expect(checkGradients(op).error).toBeLessThan(1e-7);
    expect(checkGradients(op, { order: 2 }).error).toBeLessThan(1e-6);
  });

  it.each(ops)("$name runs on wasm and agrees with float64", async (op) => {
    using device = await createDevice("wasm");
    expect(await checkAgreement(op, device)).toBeLessThan(1e-6);
  });

  it("counts FLOPs by its rule, or by its decomposition", async () => {
    using device = await createDevice("wasm");
    const x = device.tensor([1, 2, 3]);
    const count = (f: (x: Tensor) => Tensor) => jit(f).program(x).flops.total;
    expect(count((v) => apply(inverseSquare, [v], {}))).toBe(6);
    expect(count((v) => apply(sharpPlus, [v], { sharpness: 3 }))).toBe(15);
  });

  it("counts as a matrix product where it says so", async () => {
    using device = await createDevice("wasm");
    const f = (m: Tensor, w: Tensor) => add(...applyAll(weigh, [m, mul(w, 2)], {}));
    const { flops } = jit(f, { device }).program(spec([3, 4]), spec([4]));
    expect(flops).toMatchObject({ products: 24, other: 7, byOp: { weigh: 24, mul: 4, add: 3 } });
  });

  it("has its kernel read what it says, and copies of the rest", () => {
    const capabilities: Capabilities = {
      calls: new Set(["weigh"]),
      maxBuffersPerKernel: 8,
      maxBufferBytes: 2 ** 20,
      memory: "arena",
    };
    const kernelsFor = (view: (m: Tensor) => Tensor) => {
      const inputs = [spec([4, 3]), spec([4])] as const;
      const outputs = applyAll(weigh, [view(inputs[0]), inputs[1]], {});
      return compile({ inputs, outputs }, capabilities, new Set()).plan.kernels;
    };
    const [direct, ...none] = kernelsFor((m) => transpose(m));
    expect(none).toEqual([]);
    expect(direct).toMatchObject({ kind: "call", op: "weigh", inputs: [{ shape: [3, 4], strides: [1, 3] }, {}] });
    const [copy, call] = kernelsFor((m) => slice(m, [null, { step: 2 }]));
    expect([copy?.name, call?.name]).toEqual(["copy", "weigh"]);
    expect(call).toMatchObject({ inputs: [{ shape: [4, 2], strides: [2, 1] }, {}] });
  });

  it("tells the compiler when it does nothing", async () => {
    using device = await createDevice("wasm");
    const x = device.tensor([1, 2, 3]);
    const flipped = (v: Tensor) => apply(mirror, [v], {});
    const kernels = (f: (v: Tensor) => Tensor) =>
      jit(f)
        .program(x)
        .kernels.map(({ name }) => name);
    expect(kernels((v) => add(flipped(flipped(v)), 1))).toEqual(["add"]);
    expect(await flipped(flipped(flipped(x))).data()).toEqual(Float32Array.of(3, 2, 1));
  });

  it("is differentiated in a larger function", async () => {
    using device = await createDevice("wasm");
    const gradient = grad((v: Tensor) => sum(apply(inverseSquare, [v], {})))(device.tensor([2]));
    expect(await gradient.item()).toBeCloseTo(-0.25, 6);
  });

  it("is told apart by its attributes, functions among them, and refuses what cannot be", async () => {
    const mapped = defineOp<{ readonly f: (x: Tensor) => Tensor; readonly extra?: unknown }>({
      name: "mapped",
      lowering: { kind: "composite" },
      infer: ([x]) => [{ shape: x.shape, dtype: "f32" }],
      decompose: ([x], { f }) => [f(x)],
      examples: [],
    });
    using device = await createDevice("wasm");
    const x = device.tensor([4]);
    const both = [(y: Tensor) => add(y, 1), (y: Tensor) => mul(y, 2)].map((f) => apply(mapped, [x], { f }));
    expect(await Promise.all(both.map((y) => y.item()))).toEqual([5, 8]);
    const loop: unknown[] = [];
    loop.push(loop);
    for (const extra of [new Map(), Float32Array.of(1), Symbol("s"), loop])
      expect(() => apply(mapped, [x], { f: exp, extra })).toThrow(expect.objectContaining({ code: "argument" }));
  });

  it("is refused where its decomposition or its gradient has another shape than it says", async () => {
    const wrong = defineOp<NoAttrs>({
      name: "wrong",
      lowering: { kind: "composite" },
      infer: ([x]) => [{ shape: x.shape, dtype: "f32" }],
      vjp: ({ cotangents: [g] }) => [sum(g)],
      decompose: ([x]) => [sum(x)],
      examples: [],
    });
    using device = await createDevice("wasm");
    const x = device.tensor([1, 2]);
    await expect(apply(wrong, [x], {}).data()).rejects.toThrow(/^wrong: result 0 is f32\[2\] .* but f32\[\] by what/);
    const gradient = grad((v: Tensor) => sum(apply(wrong, [v], {})));
    expect(() => gradient(x)).toThrow(/^wrong: the gradient of operand 0 is f32\[2\], but .* gives f32\[\]/);
  });
});

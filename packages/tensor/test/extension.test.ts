import { describe, expect, it } from "vitest";
import {
  add,
  apply,
  createDevice,
  defineOp,
  exp,
  grad,
  jit,
  log,
  mul,
  reciprocal,
  sum,
  type Tensor,
} from "../src/index.js";
import { checkAgreement, checkGradients } from "../src/testing/index.js";

/** An op the package does not have, from its public interface: log(1 + exp(k x)) / k. */
const sharpPlus = defineOp<{ readonly sharpness: number }>({
  name: "sharpPlus",
  lowering: { kind: "composite" },
  infer: ([x]) => [{ shape: x!.shape, dtype: "f32" }],
  decompose: ([x], { sharpness }) => [mul(log(add(1, exp(mul(x!, sharpness)))), 1 / sharpness)],
  examples: [{ inputs: [{ shape: [3, 4] }], attrs: { sharpness: 2 } }],
});

/** One with a rule and a reference of its own, beside its decomposition. */
const inverseSquare = defineOp<Readonly<Record<never, never>>>({
  name: "inverseSquare",
  lowering: { kind: "composite" },
  infer: ([x]) => [{ shape: x!.shape, dtype: "f32" }],
  flops: ([x]) => 2 * x!.shape.reduce((p, n) => p * n, 1),
  vjp: ({ inputs: [x], outputs: [y], cotangents: [g] }) => [mul(g!, mul(mul(y!, reciprocal(x!)), -2))],
  reference: ([x]) => [x!.data.map((v) => 1 / v ** 2)],
  decompose: ([x]) => [reciprocal(mul(x!, x!))],
  examples: [{ inputs: [{ shape: [5], range: [0.5, 2] }], attrs: {} }],
});

describe("an op defined outside the package", () => {
  it.each([sharpPlus, inverseSquare])("$name has gradients of both orders", (op) => {
    expect(checkGradients(op as never).gradients).toBeGreaterThan(0);
    expect(checkGradients(op as never).error).toBeLessThan(1e-7);
    expect(checkGradients(op as never, { order: 2 }).error).toBeLessThan(1e-6);
  });

  it.each([sharpPlus, inverseSquare])("$name runs on wasm and agrees with float64", async (op) => {
    using device = await createDevice("wasm");
    expect(await checkAgreement(op as never, device)).toBeLessThan(1e-6);
  });

  it("counts FLOPs by its rule, or by its decomposition", async () => {
    using device = await createDevice("wasm");
    const x = device.tensor([1, 2, 3]);
    const count = (f: (x: Tensor) => Tensor) => jit(f).program(x).flops.total;
    expect(count((v) => apply(inverseSquare, [v], {}))).toBe(6);
    expect(count((v) => apply(sharpPlus, [v], { sharpness: 3 }))).toBe(15);
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
      infer: ([x]) => [{ shape: x!.shape, dtype: "f32" }],
      decompose: ([x], { f }) => [f(x!)],
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
    const wrong = defineOp<Readonly<Record<never, never>>>({
      name: "wrong",
      lowering: { kind: "composite" },
      infer: ([x]) => [{ shape: x!.shape, dtype: "f32" }],
      vjp: ({ cotangents: [g] }) => [sum(g!)],
      decompose: ([x]) => [sum(x!)],
      examples: [],
    });
    using device = await createDevice("wasm");
    const x = device.tensor([1, 2]);
    await expect(apply(wrong, [x], {}).data()).rejects.toThrow(/^wrong: result 0 is f32\[2\] .* but f32\[\] by what/);
    const gradient = grad((v: Tensor) => sum(apply(wrong, [v], {})));
    expect(() => gradient(x)).toThrow(/^wrong: the gradient of operand 0 is f32\[2\], but .* gives f32\[\]/);
  });
});

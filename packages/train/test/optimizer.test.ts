import { readFileSync } from "node:fs";
import { createDevice, jit, openSafetensors, type SafetensorsFile, type Tensor } from "@isoflop/tensor";
import { beforeAll, describe, expect, it } from "vitest";
import { TrainError } from "../src/errors.js";
import { adamWRates, clipByNorm, type OptimizerState, updateParameters } from "../src/optimizer.js";

const settings = {
  "AdamW.0": { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01 },
  "AdamW.1": { beta1: 0.8, beta2: 0.95, eps: 1e-3, weightDecay: 0.5 },
} as const;

let fixture: SafetensorsFile;
beforeAll(async () => {
  fixture = await openSafetensors(readFileSync(new URL("./fixtures/optim_small.safetensors", import.meta.url)));
});

describe("what is no optimizer is refused by name", () => {
  const adam = settings["AdamW.0"];
  const none = null as unknown as Tensor;
  const state = none as unknown as OptimizerState;
  const call = (changes: object) => () => updateParameters(state, none, none, none, { ...adam, ...changes });
  it.each<[name: string, call: () => unknown, message: string]>([
    [
      "a limit that would turn the gradient round",
      () => clipByNorm(none, -1),
      "limit is -1; it must be a finite number above 0",
    ],
    ["a limit of 0", () => clipByNorm(none, 0), "limit is 0"],
    ["a limit that is NaN", () => clipByNorm(none, Number.NaN), "limit is NaN"],
    ["half a step", () => adamWRates(0.5, 0.1, adam), "step is 0.5"],
    ["a step before the first", () => adamWRates(-1, 0.1, adam), "step is -1"],
    ["a rate that is NaN", () => adamWRates(0, Number.NaN, adam), "learningRate is NaN"],
    ["a negative rate", () => adamWRates(0, -0.1, adam), "learningRate is -0.1"],
    ["a beta of 1", () => adamWRates(0, 0.1, { ...adam, beta1: 1 }), "beta1 is 1"],
    ["a negative decay", call({ weightDecay: -1 }), "weightDecay is -1"],
    ["an eps that is NaN", call({ eps: Number.NaN }), "eps is NaN"],
  ])("%s", (_, attempt, message) => {
    expect(attempt).toThrow(TrainError);
    expect(attempt).toThrow(message);
  });
});

describe.each(["reference", "wasm"] as const)("on %s", (kind) => {
  it.each(["AdamW.0", "AdamW.1"] as const)("follows PyTorch's %s over 12 steps", async (name) => {
    using device = await createDevice(kind, { wasm: { threads: 1 } });
    const start = await fixture.float32("start");
    const gradients = await fixture.float32("grads");
    const expected = await fixture.float64(name);
    const n = start.length;
    const vector = (data: Float32Array): Tensor => device.tensor(data) as unknown as Tensor;
    let state: OptimizerState = {
      weights: vector(start),
      m: vector(new Float32Array(n)),
      v: vector(new Float32Array(n)),
      average: vector(start),
    };
    const update = jit(
      (s: OptimizerState, g: Tensor, rates: Tensor, blend: Tensor) =>
        updateParameters(s, g, rates, blend, settings[name]),
      { device, donate: [0] },
    );
    const average = Float64Array.from(start);
    for (let step = 0; step < 12; step++) {
      const gradient = vector(gradients.slice(step * n, (step + 1) * n));
      state = update(state, gradient, vector(adamWRates(step, 0.01, settings[name])), 0.25);
      const weights = (await state.weights.data()) as Float32Array;
      for (let i = 0; i < n; i++) {
        const right = expected[step * n + i]!;
        average[i]! += 0.25 * (right - average[i]!);
        expect(Math.abs(weights[i]! - right)).toBeLessThan(2e-6);
      }
    }
    const averaged = (await state.average.data()) as Float32Array;
    for (const [i, value] of averaged.entries()) expect(Math.abs(value - average[i]!)).toBeLessThan(2e-6);
  });

  it("clips a long gradient to the limit and leaves a short one alone", async () => {
    using device = await createDevice(kind, { wasm: { threads: 1 } });
    const clip = jit((g: Tensor) => clipByNorm(g, 1), { device });
    const long = clip(device.tensor([3, 0, -4]) as unknown as Tensor);
    expect(await long.norm.item()).toBeCloseTo(5, 6);
    expect([...(await long.gradient.data())].map((x) => Math.round(x * 1e6) / 1e6)).toEqual([0.6, 0, -0.8]);
    const short = clip(device.tensor([0.25, 0, -0.5]) as unknown as Tensor);
    expect([...(await short.gradient.data())]).toEqual([0.25, 0, -0.5]);
    const zero = clip(device.tensor([0, 0, 0]) as unknown as Tensor);
    expect([...(await zero.gradient.data())]).toEqual([0, 0, 0]);
  });
});

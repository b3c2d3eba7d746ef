import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type DitConfig,
  memory,
  optimizerStep,
  optimizers,
  parameters,
  precisions,
  presets,
  savedActivations,
  traffic,
} from "../src/index.js";
import { anyConfig } from "./models.js";

const plain: DitConfig = {
  image: { height: 8, width: 8, channels: 3 },
  patch: 2,
  width: 32,
  depth: 3,
  heads: 2,
  conditioning: "inContext",
  context: { kind: "none" },
};

describe("saved activations", () => {
  /** Korthikanti et al. (arXiv 2205.05198), section 4.1, without dropout, per token and width: the same list of tensors. */
  test("a pre-norm block keeps 2 norm inputs, qkv's input, q, k, v, the output's input and 9d of the MLP", () => {
    const two = { ...plain, depth: 2 };
    const [s, d, h] = [17, 32, 2];
    const block = s * d * (2 + 1 + 3 + 1 + 1 + 4 + 4);
    expect(savedActivations(plain) - savedActivations(two)).toBe(block + h * s);
    expect(savedActivations(plain, false) - savedActivations(two, false)).toBe(block + h * s * s);
  });

  test("with checkpoints, a further block costs its input alone", () => {
    const saved = (depth: number) => savedActivations({ ...plain, depth }, true, "blocks");
    expect(saved(9) - saved(8)).toBe(17 * 32);
    expect(saved(1)).toBe(savedActivations({ ...plain, depth: 1 }) + 17 * 32);
  });

  test("checkpointing and fused attention save memory for any deep model", () => {
    fc.assert(
      fc.property(anyConfig, (config) => {
        const deep = { ...config, depth: config.depth + 4 };
        expect(savedActivations(deep, true, "blocks")).toBeLessThan(savedActivations(deep));
        expect(savedActivations(deep)).toBeLessThanOrEqual(savedActivations(deep, false));
      }),
      { seed: 5 },
    );
  });
});

describe("memory of training", () => {
  const xl = presets["DiT-XL/2"];
  const n = parameters(xl);

  test("f32 AdamW with an average: 20 bytes a parameter", () => {
    const m = memory(xl, { batch: 1 });
    expect(m.total - m.activations).toBe(16 * n.trainable + 4 * (n.all - n.trainable) + 4 * n.all);
    expect(m.total).toBe(m.weights + m.gradients + m.optimizer + m.average + m.activations);
  });

  test("mixed precision halves activations and adds a copy of the weights", () => {
    const [full, mixed] = [precisions.f32, precisions.mixed].map((precision) => memory(xl, { batch: 8, precision }));
    expect(mixed!.activations).toBe(full!.activations / 2);
    expect(mixed!.weights - full!.weights).toBe(2 * n.all);
  });

  test("activations grow with the batch, the rest does not", () => {
    const [one, two] = [1, 2].map((batch) => memory(xl, { batch, averaging: false, optimizer: optimizers.sgd }));
    expect(two!.activations).toBe(2 * one!.activations);
    expect(two!.total - two!.activations).toBe(one!.total - one!.activations);
    expect(one!.optimizer + one!.average).toBe(0);
    const averages = [false, true, 3].map((averaging) => memory(xl, { batch: 1, averaging }).average);
    expect(averages).toEqual([0, averages[1], 3 * averages[1]!]);
    expect(() => memory(xl, { batch: 1, averaging: -1 })).toThrow(/averaging is -1/);
    expect(() => memory(xl, { batch: 1.5 })).toThrow(/batch is 1.5/);
  });
});

test("an optimizer step's work", () => {
  const { trainable } = parameters(plain);
  expect(optimizerStep(plain)).toBe(20 * trainable);
  expect(optimizerStep(plain, { optimizer: optimizers.sgd, clipping: false, averaging: false })).toBe(2 * trainable);
});

describe("bytes moved", () => {
  test("the weights are read once per batch, the activations once per sample", () => {
    const forward = (batch: number) => traffic(plain, { batch }).forward;
    const perSample = forward(2) - forward(1);
    expect(forward(5)).toBe(forward(1) + 4 * perSample);
    const weights = 3 * 12 * 32 * 32 + 12 * 32 + 256 * 32 + 32 * 32 + 32 * 12;
    expect(forward(1) - perSample).toBe(4 * weights);
  });

  test("AdamW reads four arrays and writes three, in f32", () => {
    expect(traffic(plain, { batch: 1 }).optimizer).toBe(28 * parameters(plain).trainable);
  });
});

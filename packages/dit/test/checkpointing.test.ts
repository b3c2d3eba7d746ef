import { conditionings, conventions, type DitConfig, forward, savedActivations, training } from "@isoflop/flops";
import { createDevice, jit, leavesOf, mean, random, spec, square, type Tensor, valueAndGrad } from "@isoflop/tensor";
import { expect, test } from "vitest";
import { type DitOptions, type DitParams, dit, namedParams } from "../src/index.js";
import { standIns, zeroCondition } from "./configs.js";
import { perturbed } from "./perturbed.js";

const device = await createDevice("wasm");
const n = 8;

const config = (conditioning: DitConfig["conditioning"], depth: number): DitConfig => ({
  ...{ image: { height: 16, width: 16, channels: 3 }, patch: 2, width: 32, depth, heads: 2, conditioning },
  context: { kind: "words", tokens: 6, vocabulary: 20 },
});

/** Gradient of the mean square of the prediction for a batch of 8. */
const step = (given: DitConfig, options: DitOptions) => {
  const model = dit(given, options);
  const condition = zeroCondition(given, n, device);
  return jit(
    (params: DitParams, x: Tensor, t: Tensor) =>
      valueAndGrad((p: DitParams) => mean(square(model.apply(p, x, t, condition))))(params),
    { device },
  );
};

test.each(conditionings)("a deep %s that checkpoints its blocks keeps a fifth", (conditioning) => {
  const given = config(conditioning, 12);
  const program = (options: DitOptions) =>
    step(given, options).program(standIns(given), spec([n, 3, 16, 16]), spec([n]));
  const [plain, lean] = [program({}), program({ checkpointing: "blocks" })];
  expect(lean.memory.temporaries).toBeLessThan(0.2 * plain.memory.temporaries);
  expect(lean.memory.peak).toBeLessThan(0.35 * plain.memory.peak);
  // What an eager backward pass saves by the closed form is what the planned one takes, but for work space.
  const saved = 4 * n * savedActivations(given, true, "blocks");
  expect(lean.memory.temporaries / saved).toBeGreaterThan(0.95);
  expect(lean.memory.temporaries / saved).toBeLessThan(1.15);
  // Every block is computed once more, but for the last product of one whose gradient does not read it.
  const again = training(given, conventions.exactFused, "blocks");
  const unread = forward(given).lines.reduce(
    (sum, { path, value }) => sum + (path.endsWith(".mlp.fc2") ? value : 0),
    0,
  );
  const dead = conditioning === "inContext" || conditioning === "crossAttention" || conditioning === "adaLN";
  expect(lean.flops.products).toBe(n * (again.total.total - (dead ? unread : 0)));
});

test.each(conditionings)("the gradient of %s is the same with and without", async (conditioning) => {
  const given = config(conditioning, 2);
  const params = await perturbed(given, device);
  const [x, t] = [random.normal(random.key(1), [n, 3, 16, 16]), random.uniform(random.key(2), [n])];
  device.evaluate([x, t]);
  const [plain, lean] = ([{}, { checkpointing: "blocks" }] as const).map((options) =>
    step(given, options)(params, x, t),
  );
  expect(await lean!.value.item()).toBe(await plain!.value.item());
  const expected = namedParams(plain!.gradient);
  for (const [name, leaf] of Object.entries(namedParams(lean!.gradient))) {
    const [got, want] = [await leaf.data(), await expected[name]!.data()];
    expect(Array.from(got), name).toEqual(Array.from(want));
  }
  expect(leavesOf(plain!.gradient)).toHaveLength(leavesOf(params).length);
});

test("an option that is none is refused", () => {
  const bad = (options: object) => () => dit(config("adaLN", 2), options as DitOptions);
  expect(bad({ checkpointing: "all" })).toThrow('options.checkpointing is "all"; it must be "none" or "blocks".');
  expect(bad({ checkpoint: "blocks" })).toThrow(/options has an unknown key "checkpoint"/);
});

import { createDevice, leavesOf } from "@isoflop/tensor";
import { expect, it } from "vitest";
import { type TrainOptions, type TrainSpecInput, train, trainSpec } from "../src/index.js";
import { tinyData, tinyModel, tinySpec } from "./tiny.js";

const device = await createDevice("wasm", { wasm: { threads: 1 } });

/** Losses of every step and of validation. */
const run = async (spec: TrainSpecInput, options: Partial<TrainOptions> = {}): Promise<readonly number[]> => {
  const losses: number[] = [];
  const { weights, validation } = await train(spec, {
    ...{ device, data: tinyData(), ...options },
    onProgress: ({ metrics }) => void losses.push(...metrics.map(({ loss }) => loss)),
  });
  for (const tensor of leavesOf(weights)) tensor.dispose();
  return [...losses, validation.mean];
};

it("blocks that are computed again give the same run", async () => {
  expect(await run(tinySpec(), { checkpointing: "blocks" })).toEqual(await run(tinySpec()));
  await expect(run(tinySpec(), { checkpointing: "all" as never })).rejects.toThrow(
    'options.checkpointing is "all"; it must be one of "none", "blocks"',
  );
});

it("stochastic depth is another run, the same every time, and validated without it", async () => {
  const spec = tinySpec({ dropPath: 0.4 });
  const [a, b] = [await run(spec), await run(spec)];
  expect(b).toEqual(a);
  expect(a).not.toEqual(await run(tinySpec()));
  expect(await run(tinySpec({ dropPath: 0 }))).toEqual(await run(tinySpec()));
  expect(() => trainSpec(tinySpec({ dropPath: 1 }))).toThrow(/spec.dropPath is 1; it must be a finite number/);
});

it("a mixture of experts trains, and its load-balance loss is part of the loss", async () => {
  const model = { ...tinyModel(), experts: { count: 3, active: 1 } };
  const [free, balanced] = [await run(tinySpec({ model })), await run(tinySpec({ model, balance: 0.5 }))];
  expect(free.every(Number.isFinite)).toBe(true);
  // One of every block, each at least 1 at first: choices fall on the experts that are likely.
  expect(balanced[0]! - free[0]!).toBeGreaterThan(0.5 * 0.99 * model.depth);
  expect(balanced[0]! - free[0]!).toBeLessThan(0.5 * 3 * model.depth);
  expect(trainSpec(tinySpec({ model })).model.experts).toEqual({ count: 3, active: 1, capacity: 1.25, every: 1 });
  expect(() => trainSpec(tinySpec({ model: { ...model, experts: { count: 2, active: 3 } } }))).toThrow(
    /experts.active is 3; it must be at most experts.count, 2/,
  );
  expect(() => trainSpec(tinySpec({ balance: 0.01 }))).toThrow(
    "spec.balance is 0.01; it weighs the loads of model.experts, which are left out",
  );
  expect(() => trainSpec(tinySpec({ balance: -1 }))).toThrow(/spec.balance is -1/);
});

it("what is unsaid stays unsaid: specs keep their text", () => {
  const { model, ...spec } = trainSpec(tinySpec());
  expect(spec).not.toHaveProperty("dropPath");
  expect(spec).not.toHaveProperty("balance");
  expect(model).not.toHaveProperty("experts");
});

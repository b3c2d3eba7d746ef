import { optimizers as costs } from "@isoflop/flops";
import { canonicalJson, kind } from "@isoflop/spec";
import { createDevice, type Device, leavesOf, mul, sign, sub } from "@isoflop/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memoryCheckpoints } from "../src/checkpoint.js";
import { TrainError } from "../src/errors.js";
import { optimizers } from "../src/optimizers/index.js";
import { type Optimizer, rateOf } from "../src/optimizers/optimizer.js";
import { buildOptimizer, type OptimizerSettings } from "../src/optimizers/spec.js";
import { type TrainSpecInput, trainSpec } from "../src/spec.js";
import { train } from "../src/train.js";
import { tinyData, tinySpec } from "./tiny.js";
import { adam, fixture, follow, sgd, trajectories } from "./trajectories.js";

let device: Device;
beforeAll(async () => {
  device = await createDevice("wasm", { wasm: { threads: 1 } });
});
afterAll(() => device.destroy());

describe("PyTorch's trajectories over 12 steps, float64", () => {
  it.each(Object.keys(trajectories))("%s", async (name) => {
    const expected = await fixture.float64(name);
    const got = await follow(device, ...trajectories[name]!, false);
    // Float32 rounds each of twelve updates of weights up to about 2 by 1.2e-7.
    expect(Math.max(...got.map((x, i) => Math.abs(x - expected[i]!)))).toBeLessThan(2e-6);
  });

  it.each(Object.keys(trajectories))("%s by groups: each as it would be with its own learning rate", async (name) => {
    const [settings, learningRate] = trajectories[name]!;
    const both = await follow(device, settings, learningRate, true);
    const [first, second] = [
      await follow(device, settings, learningRate / 2, false),
      await follow(device, settings, learningRate / 4, false),
    ];
    for (const [i, x] of both.entries()) {
      const right = i % 7 < 3 ? first[i]! : second[i]!;
      expect(Math.abs(x - right)).toBeLessThan(2e-6);
    }
  });
});

it("the fixture has no other trajectory", () => {
  const known = new Set(["start", "grads", ...Object.keys(trajectories)]);
  expect(fixture.names.filter((name) => !known.has(name))).toEqual([]);
});

describe("an optimizer's record", () => {
  const optimizer = (given: object) =>
    trainSpec(tinySpec({ optimizer: given as TrainSpecInput["optimizer"] & object })).optimizer;

  it("of AdamW says no kind, as before there was a choice", () => {
    expect(optimizer({ kind: "adamw" })).toEqual(optimizer({}));
    expect(optimizer({})).not.toHaveProperty("kind");
    expect(JSON.stringify(Object.keys(optimizer({})).sort())).toBe(
      '["beta1","beta2","clip","decay","eps","learningRate","shape","warmup","weightDecay"]',
    );
  });

  it("of another kind has its own settings", () => {
    const common = { learningRate: 0.002, warmup: 0.05, shape: "linear", decay: 0.3, clip: 1 };
    expect(optimizer({ kind: "sgd" })).toEqual({ ...common, ...sgd });
    expect(optimizer({ kind: "adam" })).toEqual({ ...common, kind: "adam", ...adam, beta2: 0.99 });
    const again = optimizer({ kind: "rmsprop", learningRate: 1, alpha: 0.5 });
    expect(optimizer(again)).toEqual(again);
  });

  it.each<[given: object, message: string]>([
    [{ kind: "adamm" }, 'spec.optimizer.kind is "adamm"; it must be one of "adamw", "adam", "sgd", "rmsprop"'],
    [{ kind: 3 }, "spec.optimizer.kind is 3"],
    [{ kind: "sgd", beta1: 0.9 }, 'spec.optimizer has an unknown key "beta1"'],
    [{ momentum: 0.9 }, 'spec.optimizer has an unknown key "momentum"'],
    [
      { kind: "sgd", momentum: 1 },
      "spec.optimizer.momentum is 1; it must be a finite number of at least 0 and below 1",
    ],
    [{ kind: "sgd", dampening: -0.1 }, "spec.optimizer.dampening is -0.1"],
    [{ kind: "sgd", dampening: 0.5 }, "there is nothing to dampen without momentum"],
    [
      { kind: "sgd", nesterov: true },
      "momentum is 0 and dampening 0; nesterov takes momentum above 0 and no dampening",
    ],
    [{ kind: "sgd", nesterov: true, momentum: 0.9, dampening: 0.1 }, "nesterov takes momentum above 0"],
    [{ kind: "sgd", momentum: 0.9, nesterov: false }, "spec.optimizer.nesterov is false; it must be true, or left out"],
    [{ kind: "rmsprop", alpha: 1 }, "spec.optimizer.alpha is 1"],
    [{ kind: "rmsprop", eps: 0 }, "spec.optimizer.eps is 0"],
    [{ kind: "adam", weightDecay: -1 }, "spec.optimizer.weightDecay is -1"],
    [{ amsgrad: "yes" }, "spec.optimizer.amsgrad is"],
    [{ kind: "sgd", warmup: 0.8, decay: 0.3 }, "together they must be at most 1"],
  ])("refuses %j", (given, message) => {
    expect(() => optimizer(given)).toThrow(TrainError);
    expect(() => optimizer(given)).toThrow(message);
  });
});

it("keeps as many vectors as @isoflop/flops counts", () => {
  const kept = (settings: OptimizerSettings) => buildOptimizer(settings).moments.length;
  const states = Object.fromEntries(Object.entries(costs).map(([name, cost]) => [name, cost.states]));
  expect(states).toEqual({
    sgd: kept(sgd),
    momentum: kept({ ...sgd, momentum: 0.9 }),
    rmsprop: kept(trajectories["RMSprop.0"]![0]),
    adam: kept({ kind: "adam", ...adam }),
    adamw: kept(adam),
    amsgrad: kept({ ...adam, amsgrad: true }),
  });
  expect(Object.keys(costs)).toEqual(expect.arrayContaining(["adamw", "adam", "sgd", "rmsprop"]));
});

describe("a run of another optimizer", () => {
  optimizers.add(
    kind({
      name: "signs",
      options: {},
      build: (): Optimizer => ({
        moments: [],
        words: "signs",
        rates: (_, learningRate) => Float32Array.of(learningRate),
        update: ({ weights, gradient, moments, rates }) => ({
          weights: sub(weights, mul(sign(gradient), rateOf(rates, 0))),
          moments,
        }),
      }),
    }),
  );
  const kinds: TrainSpecInput["optimizer"][] = [
    { kind: "sgd", learningRate: 0.1 },
    { kind: "sgd", learningRate: 0.1, momentum: 0.9, dampening: 0.5 },
    { kind: "adam", weightDecay: 0.1 },
    { amsgrad: true },
    { kind: "rmsprop" },
    { kind: "signs" },
  ];

  it.each(kinds)("%j resumes bit for bit", async (optimizer) => {
    const spec = tinySpec({ steps: 4, optimizer: optimizer! });
    const run = async (stop?: number) => {
      const store = memoryCheckpoints();
      const controller = new AbortController();
      const options = { device, data: tinyData(), store, readEvery: 1 };
      if (stop !== undefined) {
        const onProgress = ({ step }: { readonly step: number }) => void (step === stop && controller.abort());
        await expect(train(spec, { ...options, signal: controller.signal, onProgress })).rejects.toThrow("aborted");
      }
      for (const tensor of leavesOf((await train(spec, options)).weights)) tensor.dispose();
      return (await store.latest()).checkpoint!.arrays;
    };
    const [whole, resumed] = [await run(), await run(2)];
    const groups = new Set(Object.keys(whole).map((name) => name.slice(0, name.indexOf("."))));
    expect([...groups]).toEqual(["weights", "average", ...buildOptimizer(trainSpec(spec).optimizer).moments]);
    expect(resumed).toEqual(whole);
  });

  it("is not gone on with from another optimizer's checkpoint", async () => {
    const store = memoryCheckpoints();
    const { weights } = await train(tinySpec({ steps: 1 }), { device, data: tinyData(), store });
    for (const tensor of leavesOf(weights)) tensor.dispose();
    const { checkpoint } = await store.latest();
    const spec = tinySpec({ steps: 1, optimizer: { kind: "sgd" } });
    const attempt = (of: object) =>
      train(spec, {
        device,
        data: tinyData(),
        store: { ...store, latest: async () => ({ checkpoint: { ...checkpoint!, ...of }, rejected: [] }) },
      });
    await expect(attempt({})).rejects.toThrow('spec.optimizer.kind was absent and is "sgd"');
    await expect(attempt({ spec: canonicalJson(trainSpec(spec)) })).rejects.toThrow(
      "it has m.blocks.0.attn.proj.bias; the model has no such parameter, or its optimizer keeps no such vector",
    );
  });
});

import { conditionings, type DitConfig } from "@isoflop/flops";
import { createDevice, full, jit, mean, random, square, type Tensor, valueAndGrad } from "@isoflop/tensor";
import { expect, test } from "vitest";
import { type Running, runBlocks } from "../src/building-blocks.js";
import { addConditioning, type DitOptions, defineConditioning, dit, namedParams } from "../src/index.js";
import { zeroCondition } from "./configs.js";
import { perturbed } from "./perturbed.js";

const [device, other] = [await createDevice("wasm"), await createDevice("reference")];
const n = 4;
const x = random.normal(random.key(7), [n, 2, 4, 6]);
const t = device.tensor([0.1, 0.4, 0.7, 0.9]);

const config = (conditioning: DitConfig["conditioning"]): DitConfig => ({
  ...{ image: { height: 4, width: 6, channels: 2 }, patch: 2, width: 16, depth: 3, heads: 2, conditioning },
  context: { kind: "words", tokens: 3, vocabulary: 5 },
});

/** Adds w times what flows through it: linear, so its mean over what is dropped is what nothing dropped gives. */
const linear = (w: number, flow: Tensor, running: Running): Tensor => flow.add(running.branch("w", flow.mul(w)));

test("blocks are left out at rates that rise linearly to the last, and what is kept is scaled", async () => {
  const samples = 1 << 14;
  const run = { dropPath: 0.5, key: random.key(3) };
  const out = await runBlocks([1, 1], full([samples, 1], 1), linear, run).data(device);
  // Block 1 of 2 drops at 1/4 and adds 4/3 otherwise, block 2 at 1/2 and adds 2.
  const shares = new Map<string, number>();
  for (const value of out) shares.set(value.toFixed(3), (shares.get(value.toFixed(3)) ?? 0) + 1 / samples);
  const expected = { "1.000": 1 / 8, "3.000": 1 / 8, "2.333": 3 / 8, "7.000": 3 / 8 };
  expect([...shares.keys()].sort()).toEqual(Object.keys(expected).sort());
  for (const [value, share] of Object.entries(expected))
    expect(Math.abs(shares.get(value)! - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / samples));
});

test("the mean over keys is the model that drops nothing, of one that is linear", async () => {
  const weights = [0.5, -0.3, 0.8, 0.2];
  const flow = device.tensor([1, -2, 3, 0.5, 4, -1], [3, 2]) as Tensor;
  const whole = await runBlocks(weights, flow, linear).data();
  const keys = 4000;
  const run = jit((key: Tensor) => runBlocks(weights, flow, linear, { dropPath: 0.4, key: random.foldIn(key, 0) }));
  const sums = new Float64Array(6);
  for (let seed = 0; seed < keys; seed++) {
    const out = run(device.tensor(Uint32Array.of(0, seed), [2], "u32"));
    for (const [j, value] of (await out.data()).entries()) sums[j]! += value / keys;
  }
  // Var / mean² is Π (1 + w² p / ((1 - p) (1 + w)²)) - 1 over the blocks, 0.17: a mean of 4000 strays by a 153rd.
  for (const [j, sum] of sums.entries()) expect(Math.abs(sum / whole[j]! - 1)).toBeLessThan(4 / 153);
});

test.each(conditionings)("%s without a key, or at a rate of 0, is the model to the bit", async (conditioning) => {
  const given = config(conditioning);
  const params = await perturbed(given, device);
  const condition = zeroCondition(given, n, device);
  const run = async (options: DitOptions, key?: random.Key) =>
    Array.from(
      await dit(given, options)
        .apply(params, x, t, condition, key ? { key } : {})
        .data(),
    );
  const plain = await run({});
  expect(await run({ dropPath: 0.3 })).toEqual(plain);
  expect(await run({ dropPath: 0 }, random.key(1))).toEqual(plain);
  const dropped = await run({ dropPath: 0.3 }, random.key(1));
  expect(dropped).not.toEqual(plain);
  expect(await run({ dropPath: 0.3 }, random.key(1))).toEqual(dropped);
  expect(await run({ dropPath: 0.3 }, random.key(2))).not.toEqual(dropped);
  expect(await run({ dropPath: 0.3, checkpointing: "blocks" }, random.key(1))).toEqual(dropped);
});

test("the same branches are dropped on every backend, and again in a checkpoint's second pass", async () => {
  const given = config("mmDit");
  const results = await Promise.all(
    ([device, other] as const).flatMap((on) =>
      (["none", "blocks"] as const).map(async (checkpointing) => {
        const params = await perturbed(given, on);
        const condition = zeroCondition(given, n, on);
        const model = dit(given, { dropPath: 0.5, checkpointing });
        const image = on.tensor(await x.data(device), [n, 2, 4, 6]) as Tensor;
        const loss = (p: typeof params) =>
          mean(square(model.apply(p, image, on.tensor([0.1, 0.4, 0.7, 0.9]), condition, { key: random.key(5) })));
        const { value, gradient } = valueAndGrad(loss)(params);
        const last = namedParams(gradient)["joint_blocks.2.x_block.mlp.fc1.weight"]!;
        return [await value.item(), ...(await last.data())];
      }),
    ),
  );
  for (const result of results) {
    const scale = Math.max(...result.map(Math.abs));
    expect(Math.max(...result.map((v, i) => Math.abs(v - results[0]![i]!)))).toBeLessThan(1e-5 * scale);
  }
});

test("a rate out of range is refused, and a trunk of which no block could be dropped", () => {
  for (const dropPath of [1, -0.1, Number.NaN])
    expect(() => dit(config("adaLN"), { dropPath })).toThrow(
      `options.dropPath is ${dropPath}; it must be a number of at least 0 and below 1.`,
    );
  const whole = dit(config("adaLN"));
  addConditioning(
    defineConditioning<object>({
      name: "unrun",
      architecture: {
        ...{ words: "a model without blocks", readsTime: false, readsContext: "never", takesPooled: false },
        layers: () => [],
      },
      trunk: { specs: () => ({}), forward: (_, { image }) => image },
    }),
  );
  expect(() => dit({ ...whole.config, conditioning: "unrun" }, { dropPath: 0.1 })).toThrow(
    'the trunk of "unrun" does not run its blocks by runBlocks, and takes no checkpointing and no dropPath.',
  );
  expect(() => dit({ ...whole.config, conditioning: "unrun", experts: { count: 2, active: 1 } })).toThrow(
    'experts are given; the trunk of "unrun" does not run its blocks by runBlocks.',
  );
  const params = whole.init(random.key(1));
  const wrong = { key: device.tensor([1, 2]) } as never;
  expect(() => whole.apply(params, x, t, zeroCondition(whole.config, n, device), wrong)).toThrow(
    "options.key is f32[2]; it must be a key of random.key, u32[2].",
  );
});

import { createDevice, type Device, jit, leavesOf, random, spec as shaped, type Tensor } from "@isoflop/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Checkpoint, memoryCheckpoints } from "../src/checkpoint.js";
import { TrainError } from "../src/errors.js";
import { factorsOf, type ParameterGroup, resolveRates } from "../src/groups.js";
import { modelOf } from "../src/model.js";
import { buildObjective } from "../src/objective.js";
import { adamWRates, updateParameters } from "../src/optimizer.js";
import { packTree } from "../src/pack.js";
import { trainSpec } from "../src/spec.js";
import { trainStep } from "../src/step.js";
import { train } from "../src/train.js";
import { tinyData, tinySpec } from "./tiny.js";

let device: Device;
beforeAll(async () => {
  device = await createDevice("wasm", { wasm: { threads: 1 } });
});
afterAll(() => device.destroy());

const slots = ["blocks.0.mlp.fc1.bias", "blocks.0.mlp.fc1.weight", "blocksx0", "x.bias"].map((name) => ({ name }));
const rates = (...groups: ParameterGroup[]) => resolveRates(slots, groups).map((rate) => Object.values(rate));

describe("resolveRates", () => {
  it("gives every parameter 1 unless a group says otherwise", () => {
    expect(rates()).toEqual(slots.map(() => [1, 1]));
    expect(rates({ match: "*.bias", weightDecay: 0 })).toEqual([
      [1, 0],
      [1, 1],
      [1, 1],
      [1, 0],
    ]);
  });

  it("lets the last group that has a factor decide it, a factor of 1 too", () => {
    const groups = [
      { match: "*", learningRate: 0.5, weightDecay: 0.25 },
      { match: "blocks.*.mlp.*", learningRate: 2 },
      { match: "*.weight", weightDecay: 1 },
    ];
    expect(rates(...groups)).toEqual([
      [2, 0.25],
      [2, 1],
      [0.5, 0.25],
      [0.5, 0.25],
    ]);
  });

  it("takes every letter but the star as it is", () => {
    for (const match of ["blocks.0", "blocks?0*", "blocks[x]0"])
      expect(() => rates({ match, learningRate: 2 }), match).toThrow("no parameter has such a name");
  });

  it("multiplies with what the model asks for", () => {
    const given = { "x.bias": { learningRate: 0.5 }, blocksx0: { weightDecay: 4 } };
    expect(resolveRates(slots, [{ match: "*", learningRate: 3 }], given)).toEqual([
      { learningRate: 3, weightDecay: 1 },
      { learningRate: 3, weightDecay: 1 },
      { learningRate: 3, weightDecay: 4 },
      { learningRate: 1.5, weightDecay: 1 },
    ]);
  });

  it.each<[call: () => unknown, message: string]>([
    [
      () => rates({ match: "x.bais", learningRate: 1 }),
      'optimizer.groups[0].match is "x.bais", and no parameter has such a name; did you mean "x.bias"?',
    ],
    [
      () => rates({ match: "*", learningRate: 1 }, { match: "zzzzzzzzzzzzzzzzzzzzzzzzzzzz", learningRate: 1 }),
      "optimizer.groups[1].match",
    ],
    [() => resolveRates(slots, [], { "x.bais": {} }), 'the model gives rates for "x.bais"'],
    [() => rates({ match: "*" }), "optimizer.groups[0] is a record; it must be a group with a factor"],
    [() => rates({ match: "*", learningRate: -1 }), "optimizer.groups[0].learningRate is -1"],
    [() => rates({ match: "*", weightDecay: Number.NaN }), "optimizer.groups[0].weightDecay is NaN"],
    [() => rates({ match: "", weightDecay: 1 }), "optimizer.groups[0].match"],
    [() => rates({ match: "*", weightdecay: 1 } as never), 'did you mean "weightDecay"?'],
  ])("refuses %s", (call, message) => {
    expect(call).toThrow(TrainError);
    expect(call).toThrow(message);
  });
});

describe("a spec with groups", () => {
  it("is refused at once where a group has no parameters", () => {
    const groups = [{ match: "blocks.0.mlp.fc3.*", learningRate: 2 }];
    expect(() => trainSpec(tinySpec({ optimizer: { groups } }))).toThrow(
      'optimizer.groups[0].match is "blocks.0.mlp.fc3.*", and no parameter has such a name; did you mean "blocks.0.mlp.fc',
    );
  });

  it("leaves a list of none unsaid", () => {
    expect(trainSpec(tinySpec({ optimizer: { groups: [] } }))).toEqual(trainSpec(tinySpec()));
  });
});

const vector = (data: Float32Array): Tensor => device.tensor(data) as unknown as Tensor;

it("moves every part as AdamW of its own rate and decay would", async () => {
  const settings = { beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.1 };
  const parts = [
    { name: "a", shape: [3], offset: 0, size: 3 },
    { name: "b", shape: [2], offset: 3, size: 2 },
  ];
  const rated = [
    { learningRate: 0.3, weightDecay: 1 },
    { learningRate: 1, weightDecay: 0 },
  ];
  const run = async (
    of: readonly number[],
    lr: number,
    weightDecay: number,
    factors?: Parameters<typeof updateParameters>[5],
  ) => {
    const data = Float32Array.from(of, (i) => Math.sin(i + 1));
    const update = jit(
      (state: Record<"weights" | "average" | "m" | "v", Tensor>, g: Tensor, at: Tensor, blend: Tensor) =>
        updateParameters(state, g, at, blend, { ...settings, weightDecay }, factors),
      { device },
    );
    const zeros = new Float32Array(of.length);
    let state = { weights: vector(data), average: vector(data), m: vector(zeros), v: vector(zeros) };
    for (let step = 0; step < 5; step++) {
      const gradient = Float32Array.from(of, (i) => Math.cos(3 * i + step));
      state = update(state, vector(gradient), vector(adamWRates(step, lr, settings)), 0.5);
    }
    return [...(await state.weights.data()), ...(await state.average.data())];
  };
  const together = await run([0, 1, 2, 3, 4], 0.01, 0.1, factorsOf(rated, parts, device));
  const first = await run([0, 1, 2], 0.003, 0.1);
  const second = await run([3, 4], 0.01, 0);
  const expected = [...first.slice(0, 3), ...second.slice(0, 2), ...first.slice(3), ...second.slice(2)];
  for (const [i, value] of together.entries()) expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-7);
});

describe("train with groups", () => {
  const arraysOf = async (groups?: readonly ParameterGroup[]): Promise<Checkpoint["arrays"]> => {
    const store = memoryCheckpoints();
    const spec = tinySpec({ steps: 3, optimizer: { weightDecay: 0.5, ...(groups && { groups }) } });
    const { weights } = await train(spec, { device, data: tinyData(), store });
    for (const tensor of leavesOf(weights)) tensor.dispose();
    return (await store.latest()).checkpoint!.arrays;
  };

  it("is the same to the bit where all factors are 1", async () => {
    const [without, with1] = [await arraysOf(), await arraysOf([{ match: "*", learningRate: 1, weightDecay: 1 }])];
    expect(with1).toEqual(without);
  });

  it("leaves what has a rate of 0 where it was, and moves the rest; nothing stays on the device", async () => {
    const { buffers } = device.memory;
    const arrays = await arraysOf([{ match: "blocks.*", learningRate: 0 }]);
    expect(device.memory.buffers).toBe(buffers);
    const spec = trainSpec(tinySpec());
    const model = modelOf(spec);
    const start = packTree(model.init(random.key(0)));
    const first = (await start.pack(model.init(random.key(spec.seed))).data(device)) as Float32Array;
    for (const { name, offset, size } of start.slots) {
      const before = first.slice(offset, offset + size);
      const still = Buffer.from(before.buffer).equals(Buffer.from(arrays[`weights.${name}`]!.data.slice().buffer));
      // What starts at 0 and has no gradient yet stays as well.
      if (name.startsWith("blocks.") || before.some((x) => x !== 0))
        expect(still, name).toBe(name.startsWith("blocks."));
    }
  });
});

describe("trainStep with rates", () => {
  const spec = trainSpec(tinySpec());
  const model = modelOf(spec);
  const packing = packTree(model.init(random.key(0)));
  const objective = buildObjective(spec.objective);
  const flat = () => shaped([packing.size]);
  const program = (changes: object) =>
    trainStep({ ...spec, device, model, packing, objective, ...changes }).program(
      { weights: flat(), m: flat(), v: flat(), average: flat() },
      {
        ...{ images: shaped([4, 3, 16, 16]), captions: shaped([4, tinyData().captionLength], "i32") },
        ...{ key: shaped([2], "u32"), step: shaped([], "u32"), rates: shaped([3]), blend: shaped([]) },
      },
    );
  const by = (f: (name: string) => number) =>
    packing.slots.map(({ name }) => ({ learningRate: f(name), weightDecay: f(name) }));

  it("is as many kernels, and updates in place", () => {
    const [usual, rated] = [program({}), program({ rates: by((name) => name.length) })];
    expect(rated.kernels.length).toBeLessThanOrEqual(usual.kernels.length);
    expect(rated.memory.updatedInPlace).toBe(usual.memory.updatedInPlace);
  });

  it("takes them from the model too", () => {
    const rates = { [packing.slots[0]!.name]: { learningRate: 0.5 } };
    expect(program({ model: { ...model, rates } }).memory.inputs).toBe(program({}).memory.inputs + 4 * packing.size);
  });

  it.each<[rates: object, message: string]>([
    [[], `options.rates is a list of 0; it must have an entry for each of ${packing.slots.length} parameters`],
    [by(() => -1), "options.rates[0].learningRate is -1"],
    [[{ learningRate: 1 }], "options.rates[0].weightDecay is missing"],
  ])("refuses %j", (rates, message) => {
    expect(() => program({ rates })).toThrow(message);
  });
});

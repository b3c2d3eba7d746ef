import {
  ddpm,
  edm,
  edm2,
  logNoise,
  logVariance,
  loss,
  type ObjectiveInput,
  rectifiedFlow,
  stratified,
  uncertain,
} from "@isoflop/diffusion";
import { dit } from "@isoflop/dit";
import { createDevice, mean, random, type Tensor, valueAndGrad } from "@isoflop/tensor";
import { expect, it } from "vitest";
import { averagedWeights, memoryCheckpoints } from "../src/checkpoint.js";
import { modelOf } from "../src/model.js";
import type { Network } from "../src/network.js";
import { buildObjective } from "../src/objective.js";
import { packTree } from "../src/pack.js";
import { reconstructAverage } from "../src/post-hoc.js";
import { trainSpec } from "../src/spec.js";
import { trainStep } from "../src/step.js";
import { train } from "../src/train.js";
import { withLogVariance, withoutLogVariance } from "../src/uncertainty.js";
import { validate } from "../src/validate.js";
import { tinyData, tinyModel, tinySpec } from "./tiny.js";

const device = await createDevice("wasm", { wasm: { threads: 1 } });
const data = tinyData();
const objective = { preset: "edm2", uncertainty: { features: 16 } } as const;

it("e^u becomes the loss at each noise level, and the model is trained with it", async () => {
  const store = memoryCheckpoints();
  const spec = trainSpec(
    tinySpec({ objective, steps: 800, batch: 8, optimizer: { learningRate: 0.01, weightDecay: 0 } }),
  );
  const told: number[] = [];
  const { validation, weights, parameters } = await train(spec, {
    ...{ device, data, store },
    onProgress: ({ metrics }) => void told.push(...metrics.map((metric) => metric.loss)),
  });
  const { checkpoint } = await store.latest();
  const weight = device.tensor(checkpoint!.arrays["average.log_variance.weight"]!.data, [1, 16]);
  const { path, density, uncertainty } = buildObjective(objective);
  const times = device.tensor(Float32Array.from([0.1, 0.3, 0.5, 0.7, 0.9], (u) => density.quantile(u)));
  const u = await logVariance(uncertainty).apply({ weight }, logNoise(path, times)).data();
  // Losses of five equal parts of the density.
  const part = (i: number) => {
    const losses = [...validation.losses].slice(Math.floor((i * 64) / 5), Math.floor(((i + 1) * 64) / 5));
    return Math.log(losses.reduce((sum, x) => sum + x, 0) / losses.length);
  };
  for (const [i, level] of u.entries()) expect(Math.abs(level - part(i)), `part ${i}`).toBeLessThan(0.6);
  // What is told and validated is the loss itself.
  const late = told.slice(-100).reduce((sum, x) => sum + x, 0) / 100;
  expect(Math.abs(late / validation.mean - 1)).toBeLessThan(0.5);
  expect(late).toBeLessThan(0.7 * told[0]!);
  // The model is what it would be without: as many parameters, which its own functions take.
  expect(parameters).toBe(packTree(dit(spec.model).init(random.key(0))).size);
  const plain = packTree(dit(spec.model).init(random.key(0)));
  const stored = averagedWeights(checkpoint!, plain, device);
  const fixed = { device, data, model: modelOf(spec), objective: buildObjective("edm2"), validation: spec.validation };
  expect((await validate(stored, fixed)).mean).toBe(validation.mean);
  expect((await validate(weights, fixed)).mean).toBe(validation.mean);
});

it("a step is that of the gradient of loss / e^u + u", async () => {
  const aim = edm();
  const both = { ...aim, uncertainty: { features: 4, seed: 1 } };
  type Params = { readonly scale: Tensor };
  const bare: Network<Params> = {
    init: () => ({ scale: device.tensor([0.5]) as Tensor }),
    apply: ({ scale }, x) => x.mul(scale),
  };
  const model = withLogVariance(bare, both);
  const packing = packTree(model.init(random.key(0)));
  expect(packing.slots.map(({ name }) => name)).toEqual(["log_variance.weight", "scale"]);
  const sgd = { kind: "sgd", momentum: 0, dampening: 0, weightDecay: 0, clip: 1e9 } as const;
  const { optimizer } = trainSpec(tinySpec({ optimizer: sgd }));
  const step = trainStep({ device, model, packing, objective: both, captionDropout: 0, optimizer });
  const images = await random.normal(random.key(2), [4, 1, 2, 2]).data(device);
  const start = [0.5, 0.1, -0.2, 0.3, 0.4];
  const key = device.tensor(Uint32Array.of(0, 7), [2], "u32");
  const at = device.tensor(Uint32Array.of(3), [], "u32");
  const inputs = {
    images: device.tensor(images as Float32Array, [4, 1, 2, 2]),
    captions: device.tensor(new Int32Array(4), [4, 1]),
    ...{ key, step: at, rates: device.tensor([0.01]), blend: device.tensor([1], []) },
  };
  const { state, metrics } = step({ weights: device.tensor(start), average: device.tensor(start) } as never, inputs);
  const [noiseKey, timeKey] = random.split(random.foldIn(key, at), 3) as random.Key[];
  const [noise, t] = [random.normal(noiseKey!, [4, 1, 2, 2]), stratified(aim.density, 4, timeKey!)];
  const { value, extra, gradient } = valueAndGrad((flat: Tensor) => {
    const params = packing.unpack(flat);
    const each = loss(aim, (x, time) => model.apply(params, x, time, inputs.captions), { x: inputs.images, noise, t });
    const u = logVariance(both.uncertainty).apply(
      (params as never as { log_variance: { weight: Tensor } }).log_variance,
      logNoise(aim.path, t),
    );
    return [mean(uncertain(each, u)), mean(each)] as const;
  })(device.tensor(start) as Tensor);
  const [moved, slope] = [await state.weights.data(), await gradient.data()];
  start.forEach((w, i) => void expect(moved[i]! / (w - 0.01 * slope[i]!)).toBeCloseTo(1, 5));
  const [shown, size] = await metrics.data();
  expect(shown).toBeCloseTo(await extra.item(), 5);
  expect(await value.item()).not.toBeCloseTo(shown!, 3);
  expect(size! / Math.hypot(...slope)).toBeCloseTo(1, 5);
});

it("a run that is stopped goes on to the bit, and its averages and groups know u", async () => {
  const optimizer = { groups: [{ match: "log_variance.*", weightDecay: 0, learningRate: 2 }] };
  const spec = tinySpec({ objective, optimizer, steps: 8, snapshots: { widths: [0.05, 0.1], count: 4 } });
  const run = async (stop?: number) => {
    const store = memoryCheckpoints();
    const controller = new AbortController();
    const onProgress = ({ step }: { readonly step: number }) => void (step === stop && controller.abort());
    const options = { device, data, store, readEvery: 1, signal: controller.signal, onProgress };
    if (stop !== undefined) await expect(train(spec, options)).rejects.toThrow("aborted");
    const { validation } = await train(spec, { device, data, store });
    return { validation, arrays: (await store.latest()).checkpoint!.arrays, snapshots: await store.snapshots() };
  };
  const [whole, parts] = [await run(), await run(3)];
  expect(parts.arrays).toEqual(whole.arrays);
  expect(parts.validation).toEqual(whole.validation);
  expect(whole.arrays["m.log_variance.weight"]!.data.some((x) => x !== 0)).toBe(true);
  const average = await reconstructAverage(whole.snapshots, { width: 0.07 });
  expect(average.arrays["average.log_variance.weight"]!.shape).toEqual([1, 16]);
  const packing = packTree(dit(tinyModel()).init(random.key(0)));
  expect(() => averagedWeights(average, packing, device)).not.toThrow();
});

it("refuses what does not fit", () => {
  const spec = (given: ObjectiveInput) => () => trainSpec(tinySpec({ objective: given }));
  expect(spec({ preset: "edm2", uncertainty: { features: 0 } })).toThrow("spec.objective.uncertainty.features is 0");
  expect(spec({ preset: "edm2", uncertainty: { feature: 8 } as never })).toThrow('did you mean "features"?');
  const optimizer = { groups: [{ match: "log_variance.*", weightDecay: 0 }] };
  expect(() => trainSpec(tinySpec({ optimizer, objective: "edm2" }))).toThrow('"log_variance.*", and no parameter has');
  const model: Network<{ w: Tensor }> = { init: () => ({ w: device.tensor([1]) as Tensor }), apply: (_, x) => x };
  const packing = packTree(model.init(random.key(0)));
  const options = { device, model, packing, captionDropout: 0, optimizer: trainSpec(tinySpec()).optimizer };
  expect(() => trainStep({ ...options, objective: edm2({ uncertainty: {} }) })).toThrow(
    "options.objective has an uncertainty, and the model no logVariance",
  );
  // Of an objective without one the network is itself.
  for (const aim of [rectifiedFlow(), ddpm()]) expect(withLogVariance(model, aim)).toBe(model);
  expect(Object.keys(withoutLogVariance({ w: 1, log_variance: 2 }))).toEqual(["w"]);
});

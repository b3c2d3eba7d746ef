import { type DataSource, labelledImages } from "@isoflop/data";
import { dit } from "@isoflop/dit";
import { conventions, type DitConfig, flops, training } from "@isoflop/flops";
import { createDevice, type Device, leavesOf, random, spec as shaped } from "@isoflop/tensor";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { averagedWeights, type Checkpoint, type CheckpointStore, memoryCheckpoints } from "../src/checkpoint.js";
import { DivergedError, TrainError } from "../src/errors.js";
import { buildObjective } from "../src/objective.js";
import { packTree } from "../src/pack.js";
import { type TrainSpecInput, trainSpec } from "../src/spec.js";
import { trainStep } from "../src/step.js";
import { type StepMetrics, type TrainOptions, train } from "../src/train.js";
import { tinyData, tinyModel, tinySpec } from "./tiny.js";

let device: Device;
beforeAll(async () => {
  device = await createDevice("wasm", { wasm: { threads: 1 } });
});
afterAll(() => device.destroy());

/** Trains, and keeps everything that could differ. */
const run = async (spec: TrainSpecInput, options: Partial<TrainOptions> = {}) => {
  const store = memoryCheckpoints();
  const metrics: StepMetrics[] = [];
  const result = await train(spec, {
    device,
    data: tinyData(),
    store,
    onProgress: (progress) => void metrics.push(...progress.metrics),
    ...options,
  });
  for (const tensor of leavesOf(result.weights)) tensor.dispose();
  const { checkpoint } = await (options.store ?? store).latest();
  return { result, metrics, arrays: checkpoint!.arrays };
};

const expectSameBits = (a: Checkpoint["arrays"], b: Checkpoint["arrays"]): void => {
  expect(Object.keys(a)).toEqual(Object.keys(b));
  for (const [name, { data }] of Object.entries(a))
    expect(Buffer.from(b[name]!.data.buffer).equals(Buffer.from(data.buffer)), name).toBe(true);
};

describe("train", () => {
  it("learns: the loss falls well below that of predicting nothing", async () => {
    const spec = tinySpec({ steps: 150, batch: 16, captionDropout: 0, optimizer: { learningRate: 1e-2 } });
    const { result, metrics } = await run(spec);
    expect(metrics.map(({ step }) => step)).toEqual(Array.from({ length: 150 }, (_, i) => i));
    expect(metrics[0]!.loss).toBeGreaterThan(1);
    expect(result.validation.mean).toBeLessThan(0.8 * metrics[0]!.loss);
    expect(result.validation.stdErr).toBeGreaterThan(0);
    expect(result.validation.stdErr).toBeLessThan(0.1 * result.validation.mean);
  });

  it("is the same function every time, and another one for another seed", async () => {
    const [a, b, c] = [await run(tinySpec()), await run(tinySpec()), await run(tinySpec({ seed: 4 }))];
    expectSameBits(a.arrays, b.arrays);
    expect(b.metrics).toEqual(a.metrics);
    expect(b.result.validation).toEqual(a.result.validation);
    expect(c.metrics).not.toEqual(a.metrics);
  });

  it("does not depend on how often losses are read", async () => {
    const [often, late] = [await run(tinySpec(), { readEvery: 1 }), await run(tinySpec(), { readEvery: 100 })];
    expectSameBits(often.arrays, late.arrays);
    expect(late.metrics).toEqual(often.metrics);
  });

  it("leaves nothing on the device but the weights it returns", async () => {
    const before = device.memory;
    const { weights } = await train(tinySpec(), { device, data: tinyData() });
    for (const tensor of leavesOf(weights)) tensor.dispose();
    expect(device.memory.buffers).toBe(before.buffers);
    expect(device.memory.bytes).toBe(before.bytes);
  });

  it.each([1, 5, 11])("resumed after step %i equals the uninterrupted run, bit for bit", async (stop) => {
    const whole = await run(tinySpec());
    const store = memoryCheckpoints();
    const controller = new AbortController();
    const first: StepMetrics[] = [];
    const options = { store, readEvery: 1 };
    const interrupted = train(tinySpec(), {
      ...options,
      device,
      data: tinyData(),
      signal: controller.signal,
      onProgress({ step, metrics }) {
        first.push(...metrics);
        if (step === stop) controller.abort();
      },
    });
    await expect(interrupted).rejects.toThrow("aborted");
    expect((await store.latest()).checkpoint!.step).toBe(stop);
    const rest = await run(tinySpec(), options);
    expectSameBits(whole.arrays, rest.arrays);
    expect([...first, ...rest.metrics]).toEqual(whole.metrics);
    expect(rest.result.validation).toEqual(whole.result.validation);
  });

  it("returns the averaged weights that its last checkpoint holds", async () => {
    const store = memoryCheckpoints();
    const { weights } = await train(tinySpec(), { device, data: tinyData(), store });
    const { checkpoint } = await store.latest();
    const saved = averagedWeights(checkpoint!, packTree(weights), device);
    const bias = weights.x_embedder.proj.bias;
    expect(await saved.x_embedder.proj.bias.data()).toEqual(await bias.data());
    expect(await bias.data()).toEqual(checkpoint!.arrays["average.x_embedder.proj.bias"]!.data);
    expect(() => averagedWeights(checkpoint!, packTree({ other: bias }), device)).toThrow("no average.other");
    for (const tensor of leavesOf([weights, saved])) tensor.dispose();
  });

  it("means the same on the reference device", async () => {
    using exact = await createDevice("reference");
    const spec = tinySpec({ steps: 3 });
    const [a, b] = [await run(spec), await run(spec, { device: exact })];
    for (const [i, { loss, gradientNorm }] of a.metrics.entries()) {
      expect(Math.abs(loss / b.metrics[i]!.loss - 1)).toBeLessThan(1e-5);
      expect(Math.abs(gradientNorm / b.metrics[i]!.gradientNorm - 1)).toBeLessThan(1e-4);
    }
    expect(Math.abs(a.result.validation.mean / b.result.validation.mean - 1)).toBeLessThan(1e-5);
  });

  it("done already: only measures again", async () => {
    const store = memoryCheckpoints();
    const first = await run(tinySpec(), { store });
    const again = await run(tinySpec(), { store });
    expect(again.metrics).toEqual([]);
    expect(again.result.validation).toEqual(first.result.validation);
    expect(again.result.seconds).toBeCloseTo(first.result.seconds, 0);
  });

  it("stops at a loss that is no number, names step and rate, and keeps only sound checkpoints", async () => {
    const saved: Checkpoint[] = [];
    const store: CheckpointStore = {
      save: async (checkpoint) => void saved.push(checkpoint),
      latest: async () => ({ rejected: [] }),
    };
    const spec = tinySpec({ steps: 40, optimizer: { learningRate: 1e30, warmup: 0, clip: 1e30 } });
    const failure = await train(spec, { device, data: tinyData(), store, readEvery: 1, checkpointSeconds: 0 }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(DivergedError);
    const { step, learningRate, message } = failure as DivergedError;
    expect(learningRate).toBe(1e30);
    expect(message).toMatch(/^the .* of step \d+ .*(NaN|Infinity) at learning rate 1e\+30; lower/);
    for (const checkpoint of saved) {
      expect(checkpoint.step).toBeLessThanOrEqual(step);
      for (const { data } of Object.values(checkpoint.arrays)) expect(data.every(Number.isFinite)).toBe(true);
    }
  });

  it("does not blame the learning rate before any update", async () => {
    const data = tinyData();
    const first = data.batch("train", 0, 4);
    vi.spyOn(data, "batch").mockImplementationOnce((_split, _start, _count, out) => {
      out!.images.fill(Number.NaN);
      return { ...first, images: out!.images };
    });
    await expect(train(tinySpec(), { device, data })).rejects.toThrow(
      "the loss of step 0 is NaN before any update; look at the data, the first weights and the objective",
    );
  });

  it.each([
    ["with a store", memoryCheckpoints()],
    ["without one", undefined],
  ])("does not call a run done whose last update broke it, %s", async (_, store) => {
    // One step: its loss and gradient are finite, the weights after it are beyond float32.
    const spec = tinySpec({ steps: 1, optimizer: { learningRate: 1e39, shape: "constant", warmup: 0 } });
    const attempt = train(spec, { device, data: tinyData(), ...(store && { store }) });
    await expect(attempt).rejects.toBeInstanceOf(DivergedError);
    await expect(attempt).rejects.toThrow("lower optimizer.learningRate");
    expect((await store?.latest())?.checkpoint).toBeUndefined();
  });

  it("says which checkpoints it could not use and goes on from what there is", async () => {
    const whole = await run(tinySpec());
    const bad = new TrainError("checkpoint", "step 9 is cut short");
    const rejected: TrainError[] = [];
    const inner = memoryCheckpoints();
    const store: CheckpointStore = {
      save: inner.save,
      latest: async () => ({ ...(await inner.latest()), rejected: [bad] }),
    };
    const again = await run(tinySpec(), { store, onRejected: (error) => void rejected.push(error) });
    expect(rejected).toEqual([bad]);
    expectSameBits(whole.arrays, again.arrays);
  });

  it("refuses the checkpoint of another run", async () => {
    const store = memoryCheckpoints();
    await run(tinySpec(), { store });
    const other = run(tinySpec({ seed: 5, optimizer: { clip: 2 } }), { store });
    await expect(other).rejects.toThrow("is of another run");
    await expect(other).rejects.toThrow("spec.optimizer.clip was 1 and is 2; spec.seed was 3 and is 5");
  });

  it("refuses a checkpoint whose place or numbers cannot be, listing all of them", async () => {
    const store = memoryCheckpoints();
    await run(tinySpec(), { store });
    const checkpoint = (await store.latest()).checkpoint!;
    const resumed = (changes: Partial<Checkpoint>) =>
      run(tinySpec(), {
        store: { ...store, latest: async () => ({ checkpoint: { ...checkpoint, ...changes }, rejected: [] }) },
      });
    const { buffers } = device.memory;
    for (const step of [-1, 1.5, 13, Number.NaN])
      await expect(resumed({ step })).rejects.toThrow(
        `the checkpoint's step is ${step}; it must be a whole number from 0 to 12`,
      );
    await expect(resumed({ seconds: Number.NaN })).rejects.toThrow("the checkpoint's seconds is NaN");
    const bias = "weights.x_embedder.proj.bias";
    const { [bias]: saved, "m.x_embedder.proj.bias": _, ...rest } = checkpoint.arrays;
    const broken = { ...saved!, data: saved!.data.map((x, i) => (i === 3 ? Number.NaN : x)) };
    const attempt = resumed({ arrays: { ...rest, [bias]: broken, "v.more": saved! } });
    for (const part of [
      `its ${bias} is not finite`,
      "it has no m.x_embedder.proj.bias",
      "it has v.more; the model has no such",
    ])
      await expect(attempt).rejects.toThrow(part);
    await expect(
      resumed({ arrays: { ...checkpoint.arrays, [bias]: { ...saved!, data: saved!.data.slice(1) } } }),
    ).rejects.toThrow(`it has ${bias} as [8] of 7 numbers; the model needs [8]`);
    expect(device.memory.buffers).toBe(buffers);
  });

  it("refuses options of another name and paces that are none", async () => {
    const attempt = (options: object) => train(tinySpec(), { device, data: tinyData(), ...options });
    await expect(attempt({ onprogress() {} })).rejects.toThrow('unknown key "onprogress"; did you mean "onProgress"?');
    await expect(attempt({ device: undefined })).rejects.toThrow(
      "options.device is missing; it must be one of createDevice",
    );
    await expect(attempt({ data: "cifar" })).rejects.toThrow(
      'options.data is "cifar"; it must be a data source, such as shapeScenes()',
    );
    await expect(train(tinySpec(), undefined as never)).rejects.toThrow("options is missing; it must be a record");
    await expect(attempt({ readEvery: 0 })).rejects.toThrow("options.readEvery is 0");
    await expect(attempt({ checkpointSeconds: Number.NaN })).rejects.toThrow("options.checkpointSeconds is NaN");
    await expect(attempt({ checkpointSeconds: -1 })).rejects.toThrow("options.checkpointSeconds is -1");
  });

  it("trains the class-conditional DiT on captions of one word, the empty one as no label", async () => {
    const classNames = ["cat", "dog", "ship"];
    const images = (n: number) => ({
      pixels: Uint8Array.from({ length: n * 3 * 16 * 16 }, (_, i) => (i * 7919) % 256),
      labels: Array.from({ length: n }, (_, i) => i % 3),
    });
    const provenance = { ...tinyData().describe().provenance, name: "made up" };
    const data = labelledImages({
      name: "three",
      size: 16,
      classNames,
      train: images(64),
      validation: images(64),
      provenance,
    });
    const model = { ...tinyModel(), conditioning: "adaLNZero", context: { kind: "classes", classes: 3 } } as const;
    const { result, arrays } = await run(tinySpec({ model, steps: 4 }), { data });
    expect(result.validation.mean).toBeGreaterThan(0);
    const table = "y_embedder.embedding_table.weight";
    expect(arrays[`weights.${table}`]!.shape).toEqual([4, 8]);
    const rows = async (captionDropout: number) => {
      const m = (await run(tinySpec({ model, steps: 6, captionDropout }), { data })).arrays[`m.${table}`]!.data;
      return [0, 1, 2, 3].map((row) => m.subarray(8 * row, 8 * row + 8).some((x) => x !== 0));
    };
    expect(await rows(0), "every class is learnt, no label is not").toEqual([true, true, true, false]);
    expect(await rows(1), "with all captions dropped only no label is").toEqual([false, false, false, true]);
    const labelled = { ...model, context: { ...model.context, nullLabel: false } };
    await expect(train(tinySpec({ model: labelled }), { device, data })).rejects.toMatchObject({
      code: "spec",
      message: expect.stringMatching(/^captionDropout is 0.25; model.context.nullLabel is false/),
    });
    const told = await run(tinySpec({ model: labelled, steps: 1, captionDropout: 0 }), { data });
    expect(told.arrays[`weights.${table}`]!.shape).toEqual([3, 8]);
  });

  it("drops captions by the share it is told: with all dropped they change nothing", async () => {
    const blank = (source: DataSource): DataSource => ({
      ...source,
      ...{ name: source.name, shape: source.shape, captionLength: source.captionLength, vocabulary: source.vocabulary },
      ...{ splits: source.splits, size: (split: string) => source.size(split) },
      batch(split, start, count, out) {
        const batch = source.batch(split, start, count, out);
        if (split === "train") batch.captions.fill(0);
        return batch;
      },
    });
    const dropped = await run(tinySpec({ captionDropout: 1 }));
    const without = await run(tinySpec({ captionDropout: 1 }), { data: blank(tinyData()) });
    expectSameBits(dropped.arrays, without.arrays);
    const kept = await run(tinySpec({ captionDropout: 0 }));
    expect(kept.metrics).not.toEqual(dropped.metrics);
  });

  it("trains a model that reads no captions", async () => {
    const { result } = await run(tinySpec({ model: { ...tinyModel(), context: { kind: "none" } } }));
    expect(result.validation.mean).toBeGreaterThan(0);
  });

  const misfits: [string, Partial<TrainSpecInput>, string][] = [
    [
      "images",
      { model: { ...tinyModel(), image: { height: 32, width: 32, channels: 3 } } },
      "model.image is [3, 32, 32]",
    ],
    [
      "words",
      { model: { ...tinyModel(), context: { kind: "words", tokens: 2, vocabulary: 5 } } },
      "model.context has 2 of 5",
    ],
    [
      "classes",
      { model: { ...tinyModel(), context: { kind: "classes", classes: 2 } } },
      "has captions of 6 from 26 words; model.context has 2 classes and takes captions of 1 from 3",
    ],
    [
      "features",
      { model: { ...tinyModel(), context: { kind: "features", tokens: 2, dim: 3 } } },
      'must be "words", "classes" or "none"',
    ],
    ["a split", { validation: { split: "holdout" } }, 'no split "holdout"; validation.split can be validation'],
  ];
  it.each(misfits)("refuses a model or split that does not fit the data: %s", async (_, overrides, message) => {
    const progress = vi.fn();
    const attempt = train(tinySpec({ steps: 1, ...overrides }), { device, data: tinyData(), onProgress: progress });
    await expect(attempt).rejects.toThrow(message);
    expect(progress, "before anything is trained").not.toHaveBeenCalled();
    await expect(attempt).rejects.toMatchObject({ code: "data" });
  });
});

it("refuses a batch beyond memory before it asks for any", async () => {
  await expect(train(tinySpec({ batch: 1e9 }), { device, data: tinyData() })).rejects.toThrow(
    "batch is 1000000000; its images would hold 768000000000 numbers",
  );
});

it("refuses a model with outputs beside its prediction", async () => {
  const model = { ...tinyModel(), outChannels: 6 };
  await expect(train(tinySpec({ model }), { device, data: tinyData() })).rejects.toThrow(
    "model.outChannels is 6; it must be model.image.channels, 3",
  );
});

it.each<[string, Partial<DitConfig>, string]>([
  ["guidance to imitate", { guidance: true }, "model.guidance is true; training hands the model no scale of guidance"],
  [
    "frames",
    { image: { ...tinyModel().image, frames: 1 } },
    "model.image.frames is 1; sources have images and no videos",
  ],
])("refuses a model with %s", async (_, part, message) => {
  const attempt = train(tinySpec({ model: { ...tinyModel(), ...part } }), { device, data: tinyData() });
  await expect(attempt).rejects.toMatchObject({ code: "spec", message: expect.stringContaining(message) });
});

it("trains a model with every other part", async () => {
  const parts = {
    norm: "rms",
    mlp: "swiglu",
    positions: "sincos+rope",
    qkNorm: "rms",
    registers: 1,
    timeFeatures: 8,
  } as const;
  const spec = { steps: 150, batch: 16, captionDropout: 0, optimizer: { learningRate: 1e-2 } };
  const { result, metrics } = await run(tinySpec({ ...spec, model: { ...tinyModel(), ...parts } }));
  expect(result.validation.mean).toBeLessThan(0.8 * metrics[0]!.loss);
});

describe("trainStep", () => {
  const spec = trainSpec(tinySpec());
  const model = dit(spec.model);
  const packing = packTree(model.init(random.key(0)));
  const flat = () => shaped([packing.size]);
  const program = () =>
    trainStep({ ...spec, device, model, packing, objective: buildObjective(spec.objective) }).program(
      { weights: flat(), m: flat(), v: flat(), average: flat() },
      {
        images: shaped([4, 3, 16, 16]),
        captions: shaped([4, tinyData().captionLength], "i32"),
        key: shaped([2], "u32"),
        step: shaped([], "u32"),
        rates: shaped([3]),
        blend: shaped([]),
      },
    );

  it.each<[options: object, message: string]>([
    [{ captiondropout: 0.1 }, 'unknown key "captiondropout"; did you mean "captionDropout"?'],
    [{ captionDropout: Number.NaN }, "options.captionDropout is NaN"],
    [{ captionDropout: 2 }, "options.captionDropout is 2"],
    [{ optimizer: { ...spec.optimizer, clip: -1 } }, "options.optimizer.clip is -1"],
  ])("refuses %j", (options, message) => {
    const objective = buildObjective(spec.objective);
    expect(() => trainStep({ ...spec, device, model, packing, objective, ...options })).toThrow(message);
  });

  it("updates weights, moments and average in place", () => {
    expect(program().memory.updatedInPlace).toBeGreaterThanOrEqual(4 * 4 * packing.size);
  });

  it("does exactly the products that the closed form counts", () => {
    expect(program().flops.products).toBe(4 * flops(training(spec.model, conventions.exactFused).total));
  });
});

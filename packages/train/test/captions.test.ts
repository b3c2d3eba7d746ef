import type { DataSource } from "@isoflop/data";
import { labelledImages } from "@isoflop/data";
import { conditionings, type DitConfig } from "@isoflop/flops";
import { createDevice, type Device, jit, leavesOf, random, Tensor } from "@isoflop/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dropCaptions, emptyCaptions, type FeatureCaptions, uploadCaptions } from "../src/captions.js";
import { type Checkpoint, memoryCheckpoints } from "../src/checkpoint.js";
import { TrainError } from "../src/errors.js";
import { modelOf } from "../src/model.js";
import { setupFor } from "../src/setup.js";
import { type TrainSpecInput, trainSpec } from "../src/spec.js";
import { type StepMetrics, type TrainOptions, train } from "../src/train.js";
import { tinyData, tinySpec } from "./tiny.js";
import { vectorData } from "./vectors.js";

let device: Device;
beforeAll(async () => {
  device = await createDevice("wasm", { wasm: { threads: 1 } });
});
afterAll(() => device.destroy());

const size = { width: 16, depth: 1, heads: 2 } as const;

const modelFor = (data: DataSource, options: Parameters<typeof setupFor>[1] = {}): DitConfig => ({
  ...setupFor(data, options),
  ...size,
});

const specFor = (model: DitConfig, more: Partial<TrainSpecInput> = {}): TrainSpecInput =>
  tinySpec({ model, steps: 8, batch: 8, ...more });

const run = async (spec: TrainSpecInput, options: Partial<TrainOptions> = {}) => {
  const store = options.store ?? memoryCheckpoints();
  const metrics: StepMetrics[] = [];
  const onProgress = (progress: { readonly metrics: readonly StepMetrics[] }) => void metrics.push(...progress.metrics);
  const result = await train(spec, { device, data: vectorData(), ...options, store, onProgress });
  for (const tensor of leavesOf(result.weights)) tensor.dispose();
  const { checkpoint } = await store.latest();
  return { validation: result.validation, metrics, arrays: checkpoint!.arrays };
};

const expectSameBits = (a: Checkpoint["arrays"], b: Checkpoint["arrays"]): void => {
  expect(Object.keys(a)).toEqual(Object.keys(b));
  for (const [name, { data }] of Object.entries(a))
    expect(Buffer.from(b[name]!.data.buffer).equals(Buffer.from(data.buffer)), name).toBe(true);
};

describe("setupFor", () => {
  const features = { kind: "features", tokens: 3, dim: 5, masked: true };

  it("takes what the data has: vectors if any, masked where captions are of unlike lengths", () => {
    expect(setupFor(vectorData())).toEqual({
      image: { height: 4, width: 4, channels: 4 },
      ...{ patch: 2, conditioning: "inContext" },
      context: features,
    });
    expect(setupFor(vectorData({ masked: false })).context).toEqual({ kind: "features", tokens: 3, dim: 5 });
    expect(setupFor(tinyData()).context).toEqual({ kind: "words", tokens: 6, vocabulary: 26 });
  });

  it("takes what it is told", () => {
    const told = (data: DataSource, context: "words" | "classes" | "features" | "none") =>
      setupFor(data, { context }).context;
    expect(told(vectorData(), "features")).toEqual(features);
    expect(told(vectorData(), "words")).toEqual({ kind: "words", tokens: 3, vocabulary: 2, masked: true });
    expect(told(tinyData(), "none")).toEqual({ kind: "none" });
    expect(told(classes, "classes")).toEqual({ kind: "classes", classes: 3 });
    expect(() => told(tinyData(), "classes")).toThrow(
      /has captions of 6; options.context is "classes", which takes captions of 1 word, and can be "words" or "none"/,
    );
    expect(() => told(tinyData(), "features")).toThrow(
      /has captions of words; options.context is "features" and can be "words", "classes" or "none"/,
    );
    expect(() => setupFor(tinyData(), { context: "vectors" as never })).toThrow(TrainError);
  });
});

const picture = (n: number) => ({
  pixels: Uint8Array.from({ length: n * 3 * 256 }, (_, i) => (i * 7919) % 256),
  labels: Array.from({ length: n }, (_, i) => i % 3),
});
const provenance = { ...tinyData().describe().provenance, name: "made up" };
const classes = labelledImages({
  ...{ name: "three", size: 16, classNames: ["cat", "dog", "ship"], provenance },
  ...{ train: picture(64), validation: picture(64) },
});

describe("captions as vectors", () => {
  it("are learnt from: the loss falls far below that of a model that is told nothing, in latents of 4 channels", async () => {
    const more = { steps: 300, captionDropout: 0, batch: 16, optimizer: { learningRate: 1e-2 } };
    const model = modelFor(vectorData(), { conditioning: "adaLNZero", patch: 4 });
    const told = await run(specFor(model, more));
    const alone = await run(specFor({ ...model, context: { kind: "none" } }, more));
    expect(told.metrics[0]!.loss).toBeGreaterThan(1);
    expect(told.validation.mean).toBeLessThan(0.8 * alone.validation.mean);
  });

  it.each(conditionings)("train every conditioning, whatever lies in padding: %s", async (conditioning) => {
    const spec = specFor(modelFor(vectorData(), { conditioning }), { steps: 3 });
    const clean = await run(spec);
    const dirty = await run(spec, { data: vectorData({ junk: Number.NaN }) });
    expectSameBits(dirty.arrays, clean.arrays);
    expect(dirty.validation).toEqual(clean.validation);
    expect(Number.isFinite(clean.validation.mean)).toBe(true);
  });

  it("resume bit for bit", async () => {
    const spec = specFor(modelFor(vectorData()));
    const whole = await run(spec);
    const store = memoryCheckpoints();
    const controller = new AbortController();
    const first = train(spec, {
      ...{ device, data: vectorData(), store, signal: controller.signal, readEvery: 1 },
      onProgress: ({ step }) => {
        if (step === 3) controller.abort(new Error("stop"));
      },
    });
    await expect(first).rejects.toThrow("stop");
    const rest = await run(spec, { store });
    expect(rest.metrics[0]!.step).toBe(3);
    expectSameBits(rest.arrays, whole.arrays);
    expect(rest.validation).toEqual(whole.validation);
  });

  it("leave nothing on the device", async () => {
    const before = device.memory;
    await run(specFor(modelFor(vectorData()), { steps: 2 }));
    expect(device.memory.buffers).toBe(before.buffers);
    expect(device.memory.bytes).toBe(before.bytes);
  });

  it("dropped, leave one vector of zeros: the projection's bias alone is learnt", async () => {
    const model = modelFor(vectorData(), { conditioning: "crossAttention" });
    const moved = async (captionDropout: number) => {
      const { arrays } = await run(specFor(model, { captionDropout }));
      const has = (name: string) => arrays[`m.context_embedder.${name}`]!.data.some((x) => x !== 0);
      return { weight: has("weight"), bias: has("bias") };
    };
    expect(await moved(1)).toEqual({ weight: false, bias: true });
    expect(await moved(0)).toEqual({ weight: true, bias: true });
  });

  it("without a mask are vectors of one length, zeros and all", async () => {
    const model = modelFor(vectorData({ masked: false }));
    const { arrays } = await run(specFor(model), { data: vectorData({ masked: false }) });
    const masked = await run(specFor(modelFor(vectorData())));
    expect(Object.keys(arrays)).toEqual(Object.keys(masked.arrays));
    expect(arrays["weights.linear.weight"]!.data).not.toEqual(masked.arrays["weights.linear.weight"]!.data);
  });

  it("may be left aside for the words beside them, with a mask or without", async () => {
    const context = setupFor(vectorData(), { context: "words" }).context;
    const masked = await run(specFor({ ...modelFor(vectorData()), context }, { captionDropout: 0 }));
    const words = { kind: "words", tokens: 3, vocabulary: 2 } as const;
    const plain = await run(specFor({ ...modelFor(vectorData()), context: words }, { captionDropout: 0 }));
    expect(masked.metrics[0]!.loss).toBeCloseTo(plain.metrics[0]!.loss, 4);
    expect(masked.validation.mean).not.toBe(plain.validation.mean);
  });
});

describe("dropped captions", () => {
  const batch = vectorData().batch("train", 0, 64);

  it("of vectors are those that are dropped of words, and become the empty caption", async () => {
    const key = device.tensor(Uint32Array.of(1, 2), [2], "u32");
    const words = uploadCaptions(device, vectorData(), batch, 64) as Tensor;
    const vectors = uploadCaptions(device, vectorData(), batch, 64, "features") as FeatureCaptions;
    const drop = jit((k: Tensor, w: Tensor, f: FeatureCaptions) => [dropCaptions(w, 0.5, k), dropCaptions(f, 0.5, k)], {
      device,
    });
    const [w, f] = drop(key, words, vectors) as unknown as [Tensor, FeatureCaptions];
    const [ids, tokens, lengths] = [await w.data(), await f.tokens.data(), await f.lengths.data()];
    const gone = Array.from({ length: 64 }, (_, i) => ids[3 * i] === 0);
    expect(gone.filter(Boolean).length).toBeGreaterThan(20);
    expect(gone.filter(Boolean).length).toBeLessThan(44);
    gone.forEach((dropped, i) => {
      expect(lengths[i]).toBe(dropped ? 1 : batch.lengths![i]);
      const own = tokens.slice(15 * i, 15 * i + 15);
      expect(own).toEqual(dropped ? new Float32Array(15) : batch.features!.slice(15 * i, 15 * i + 15));
    });
    const empty = emptyCaptions(device, vectorData(), 2, "features") as FeatureCaptions;
    expect([...(await empty.lengths.data())]).toEqual([1, 1]);
    expect([...(await empty.tokens.data())].every((x) => x === 0)).toBe(true);
    expect(emptyCaptions(device, vectorData(), 2)).toBeInstanceOf(Tensor);
    for (const tensor of leavesOf([key, words, vectors, w, f, empty])) tensor.dispose();
    drop.dispose();
  });

  it("are handed to a model in the form that it reads", () => {
    const model = modelOf(trainSpec(specFor(modelFor(vectorData()))));
    const params = model.init(random.key(0));
    const [x, t] = [random.normal(random.key(1), [64, 4, 4, 4]), device.tensor(new Float32Array(64))];
    const words = uploadCaptions(device, vectorData(), batch, 64);
    expect(() => model.apply(params, x, t, words)).toThrow(/captions are words; this model reads vectors/);
    const reader = modelOf(trainSpec(specFor(modelFor(vectorData(), { context: "words" }))));
    const vectors = uploadCaptions(device, vectorData(), batch, 64, "features");
    expect(() => reader.apply(reader.init(random.key(0)), x, t, vectors)).toThrow(
      /captions are vectors; this model reads words/,
    );
  });
});

describe("data and model that do not fit", () => {
  const features = { kind: "features", tokens: 3, dim: 5, masked: true } as const;
  const base = () => modelFor(vectorData());
  it.each<[string, DitConfig["context"], string]>([
    ["other vectors", { ...features, dim: 6 }, "captions of up to 3 vectors of 5 numbers; model.context has 3 of 6"],
    [
      "words of another number",
      { kind: "words", tokens: 4, vocabulary: 2 },
      'captions of 3 from 2 words; model.context has 4 of 2; it has captions of up to 3 vectors of 5 numbers too, for a model.context of "features"',
    ],
  ])("%s", async (_, context, message) => {
    const attempt = train(specFor({ ...base(), context }), { device, data: vectorData() });
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toMatchObject({ code: "data" });
  });

  it("a pooled vector that no data has", async () => {
    const model = { ...base(), conditioning: "mmDit", context: { ...features, pooled: 7 } } as const;
    await expect(train(specFor(model), { device, data: vectorData() })).rejects.toThrow(
      "vectors has no pooled vectors; model.context.pooled is 7 and must be left out",
    );
  });

  it("pictures of three channels for latents of four", async () => {
    const image = { height: 4, width: 4, channels: 3 };
    await expect(train(specFor({ ...base(), image }), { device, data: vectorData() })).rejects.toThrow(
      "vectors has images [4, 4, 4]; model.image is [3, 4, 4] (channels, height, width)",
    );
  });
});

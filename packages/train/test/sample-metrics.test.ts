import type { DataSource } from "@isoflop/data";
import { type CaptionReading, extractors, kernelDistance, type LoadedExtractor, MetricsError } from "@isoflop/metrics";
import { kind } from "@isoflop/spec";
import { createDevice, random } from "@isoflop/tensor";
import { afterAll, describe, expect, it } from "vitest";
import {
  buildObjective,
  drawPictures,
  type MetricInputs,
  measure,
  metricSpec,
  modelOf,
  setupFor,
  trainSpec,
  usualSampling,
} from "../src/index.js";
import { dataFeatures } from "../src/metrics/samples/data-features.js";
import { bestNetwork, independent, linearGaussian, meanOf } from "./linear-gaussian.js";
import { tinyData, tinySpec } from "./tiny.js";

type Asked = Parameters<typeof metricSpec>[0];

const device = await createDevice("wasm", { wasm: { threads: 1 } });
afterAll(() => device.destroy());

/** How often pixels are looked at, and by how many pictures. */
let looked = 0;
const reads =
  (statements: readonly string[], shown: (mean: number, caption: string) => readonly number[]) =>
  async (...[images, captions]: Parameters<NonNullable<LoadedExtractor["readCaptions"]>>): Promise<CaptionReading> => {
    const size = images.data.length / images.count;
    const marks = captions.flatMap((caption, i) => {
      const values = images.data.subarray(i * size, (i + 1) * size);
      return shown(values.reduce((sum, value) => sum + value, 0) / size, caption);
    });
    return { statements, shown: Int8Array.from(marks) };
  };

/** The mean of a picture as its feature; of a caption it says whether the picture is as bright. */
extractors.add(
  kind({
    name: "brightness",
    options: {},
    build: () => ({
      name: "brightness",
      dim: 1,
      digest: async () => "b".repeat(64),
      load: async () => ({
        async features({ data, count }) {
          looked += count;
          const size = data.length / count;
          return Float64Array.from({ length: count }, (_, i) =>
            data.subarray(i * size, (i + 1) * size).reduce((sum, value) => sum + value, 0),
          );
        },
        readCaptions: reads(["light", "dark"], (mean, caption) =>
          caption === "high" ? [Number(mean > 0), -1] : caption === "low" ? [-1, Number(mean < 0)] : [-1, -1],
        ),
        dispose: () => {},
      }),
    }),
  }),
);

const flow = buildObjective("rectifiedFlow");

/** The best network of data of 4 × 4 pixels, as metrics are handed it. */
const exact = (): MetricInputs => {
  const data = linearGaussian(independent);
  const model = bestNetwork(flow, device, independent);
  const setup = { ...setupFor(data, { patch: 4 }), width: 8, depth: 1, heads: 1 };
  const spec = trainSpec({ model: setup, steps: 100, captionDropout: 0.1 });
  return { weights: model.init(random.key(0)), spec, model, objective: flow, data, device } as unknown as MetricInputs;
};

const pixels = { kind: "pixels", size: 4, channels: 1 } as const;
const few = { count: 256, steps: 24 } as const;

describe("of the network that draws its data's own law", () => {
  const inputs = exact();

  it("kid is 0 within its error, and above it where guidance distorts the law", async () => {
    const asked = metricSpec({ kind: "kid", extractor: pixels, ...few, count: 512 });
    const { value, stdErr, count } = await measure(asked, inputs);
    expect(count).toBe(512);
    expect(Math.abs(value)).toBeLessThan(3 * stdErr!);
    const guided = (guidance: number) =>
      measure(metricSpec({ kind: "kid", extractor: pixels, ...few, count: 512, guidance }), inputs);
    const [little, more] = [await guided(1.3), await guided(1.7)];
    expect(little.value).toBeGreaterThan(4 * little.stdErr!);
    expect(more.value).toBeGreaterThan(2 * little.value);
  });

  it("fd tells its terms and its bias; it says why it has no error, and has one by blocks", async () => {
    const given = { kind: "fd", extractor: pixels, ...few, count: 512 } as const;
    const { value, stdErr, parts, remarks } = await measure(metricSpec(given), inputs);
    expect(stdErr).toBeUndefined();
    expect(remarks).toEqual([
      "biased upward by the number of samples, by about parts.bias: compare it at one count only",
      "no standard error: blocks is 0",
    ]);
    expect(parts!.mean!.value + parts!.covariance!.value).toBeCloseTo(value, 12);
    const blocked = await measure(metricSpec({ ...given, blocks: 8 }), inputs);
    expect(blocked.value).toBe(value);
    expect(blocked.stdErr).toBeGreaterThan(0);
    const flat = await measure(metricSpec({ ...given, count: 16, reference: 300 }), inputs);
    expect(flat.remarks).toContainEqual(
      expect.stringMatching(/^rank-deficient: 16 samples span less than their 16 features/),
    );
  });

  it("fd of sets of one law is all bias, on average as large as it says", async () => {
    const sums = { value: 0, bias: 0 };
    for (let i = 0; i < 16; i++) {
      const asked = metricSpec({ kind: "fd", extractor: pixels, ...few, count: 128, seed: i, from: 512 * i });
      const { value, parts } = await measure(asked, inputs);
      sums.value += value / 16;
      sums.bias += parts!.bias!.value / 16;
    }
    expect(sums.bias / sums.value).toBeGreaterThan(0.7);
    expect(sums.bias / sums.value).toBeLessThan(1.4);
  });

  it("precision and recall are those of two sets of one law", async () => {
    for (const kind of ["precision", "recall"] as const) {
      const { value, stdErr, parts } = await measure(metricSpec({ kind, extractor: pixels, ...few, k: 5 }), inputs);
      const [part] = Object.values(parts!);
      expect(value).toBeGreaterThan(0.7);
      expect(stdErr).toBeGreaterThan(0);
      expect(part!.value).toBeGreaterThan(0.7);
    }
  });

  it("captions are told as what they say, in parts by kind of statement", async () => {
    const asked = metricSpec({ kind: "captionAccuracy", extractor: "brightness", ...few });
    const { value, stdErr, parts } = await measure(asked, inputs);
    expect(value).toBe(1);
    expect(stdErr).toBeGreaterThan(0);
    expect(Object.keys(parts!).sort()).toEqual(["dark", "heldOut", "light"]);
    // Told the other of both words.
    const swapped: MetricInputs["model"]["apply"] = (weights, x, t, captions) =>
      inputs.model.apply(weights, x, t, (captions as ReturnType<typeof device.tensor>).mul(-1).add(3) as never);
    const wrong = { ...exact(), model: { ...inputs.model, apply: swapped } };
    const confused = await measure(asked, wrong);
    expect(confused).toMatchObject({ value: 0, parts: { heldOut: { value: 1 }, dark: { value: 0 } } });
    expect(confused.stdErr).toBeGreaterThan(0);
  });

  it("captions that say nothing known are left out, and not all of them may be", async () => {
    const asked = metricSpec({ kind: "captionAccuracy", extractor: "brightness", ...few, count: 32 });
    const quiet = (from: number): MetricInputs => ({
      ...inputs,
      data: { ...inputs.data, caption: (split, i) => (i >= from ? "a cat" : inputs.data.caption(split, i)) },
    });
    const found = await measure(asked, quiet(20));
    expect(found).toMatchObject({ value: 1, count: 20 });
    expect(found.remarks).toEqual(["of 20 of 32 captions: the others say nothing that the extractor can read"]);
    await expect(measure(asked, quiet(0))).rejects.toThrow(
      'none of 32 captions of linear-gaussian, such as "a cat", says anything that metric.extractor can read',
    );
  });

  it("no more of it copies training pictures than held-out ones do", async () => {
    const { value, parts, remarks } = await measure(
      metricSpec({ kind: "memorisation", extractor: pixels, ...few, from: 5000 }),
      inputs,
    );
    expect(parts).toHaveProperty("heldOut.stdErr");
    expect(Math.abs(value - parts!.heldOut!.value)).toBeLessThan(3 * parts!.excess!.stdErr!);
    expect(remarks).toEqual(["of 1600 training pictures: the run saw no more"]);
  });

  it("guidance pulls pictures of a caption away from the others", async () => {
    const mean = async (guidance: number): Promise<number> => {
      const sampling = { ...usualSampling, ...few, count: 64, guidance };
      let sum = 0;
      for await (const part of drawPictures(inputs, sampling, { first: 0, count: 64 }))
        sum += part.reduce((total, value) => total + Math.abs(value), 0);
      return sum / (64 * 16);
    };
    expect(await mean(1)).toBeCloseTo(meanOf(1), 1);
    // The empty caption is as the second word here: only pictures of the first are pulled.
    expect(await mean(1.5)).toBeGreaterThan((await mean(1)) + 0.1);
  });
});

describe("pictures of metrics", () => {
  it("are drawn once for all that ask alike, and looked at once by one extractor", async () => {
    const inputs = exact();
    const asked: number[] = [];
    const counting: DataSource = {
      ...inputs.data,
      batch(split, start, count, out) {
        asked.push(start, count);
        return inputs.data.batch(split, start, count, out);
      },
    };
    const of = (given: object) => measure(metricSpec(given as Asked), { ...inputs, data: counting });
    const given = { extractor: "brightness", ...few, count: 100, from: 7 };
    looked = 0;
    const kid = await of({ kind: "kid", ...given });
    expect(looked).toBe(200);
    expect(asked).toEqual([107, 64, 171, 36, 7, 64, 71, 36]);
    asked.length = 0;
    await of({ kind: "fd", ...given });
    await of({ kind: "precision", ...given });
    expect([looked, asked]).toEqual([200, []]);
    // Fewer of them are the first of them; more are those that are missing.
    await of({ kind: "recall", ...given, count: 50, reference: 50 });
    expect([looked, asked]).toEqual([250, [57, 50]]);
    asked.length = 0;
    await of({ kind: "kid", ...given, count: 120, reference: 30 });
    expect(asked).toEqual([127, 30, 107, 20]);
    expect(await of({ kind: "kid", ...given })).toEqual(kid);
    // Other options are other pictures.
    asked.length = 0;
    expect(await of({ kind: "kid", ...given, seed: 1 })).not.toEqual(kid);
    expect(asked).toEqual([7, 64, 71, 36]);
  });

  it("that were drawn before an interruption are kept, and the numbers are the same", async () => {
    const [inputs, other] = [exact(), exact()];
    const stop = new AbortController();
    let batches = 0;
    const stopping: DataSource = {
      ...inputs.data,
      batch(...given) {
        if (++batches === 4) stop.abort(new Error("enough"));
        return inputs.data.batch(...given);
      },
    };
    const asked = metricSpec({ kind: "kid", extractor: pixels, ...few, from: 1000 });
    await expect(measure(asked, { ...inputs, data: stopping, signal: stop.signal })).rejects.toThrow("enough");
    expect(await measure(asked, inputs)).toEqual(await measure(asked, other));
  });

  it("leave nothing on the device", async () => {
    const inputs = exact();
    const { buffers } = device.memory;
    await measure(
      metricSpec({ kind: "kid", extractor: pixels, count: 16, steps: 4, sampler: "eulerMaruyama", guidance: 2 }),
      inputs,
    );
    expect(device.memory.buffers).toBe(buffers);
  });
});

describe("kid of scenes from scenes", () => {
  const scenes = tinyData();
  const extractor = extractors.build("pixels");

  /** KID of the first pictures of the split from others of it, faded towards white. */
  const distance = async (start: number, strength: number) => {
    const count = 400;
    const others: DataSource = {
      ...scenes,
      // Known by their content: these are other pictures.
      describe: () => ({ ...scenes.describe(), settings: { strength } }),
      batch(split, from, n) {
        const batch = scenes.batch(split, from, n);
        return { ...batch, images: batch.images.map((value) => value + strength * (1 - value)) };
      },
    };
    const inputs = { ...exact(), data: scenes };
    const real = await dataFeatures(inputs, { split: "validation", start: 0, count }, extractor);
    const drawn = await dataFeatures({ ...inputs, data: others }, { split: "validation", start, count }, extractor);
    return kernelDistance(real, drawn);
  };

  it("is 0 within its error for two halves, of either sign, and ranks fading by its strength", async () => {
    const halves = [];
    for (const start of [400, 800, 1200, 1600, 2000]) halves.push(await distance(start, 0));
    for (const { value, standardError } of halves) expect(Math.abs(value)).toBeLessThan(3.5 * standardError);
    expect(halves.some(({ value }) => value < 0)).toBe(true);
    const faded = [];
    for (const strength of [0.1, 0.2, 0.4]) faded.push((await distance(400, strength)).value);
    expect(faded[0]).toBeGreaterThan(3.5 * halves[0]!.standardError);
    expect(faded[1]).toBeGreaterThan(2 * faded[0]!);
    expect(faded[2]).toBeGreaterThan(2 * faded[1]!);
  });
});

describe("what cannot be measured is named", () => {
  const inputs = exact();
  it.each<[string, object, string | RegExp]>([
    ["no extractor", { kind: "kid" }, "metric.extractor is missing; it must be"],
    [
      "an extractor that is none",
      { kind: "kid", extractor: "pixel" },
      /metric\.extractor is "pixel"; it must be one of .*did you mean "pixels"/,
    ],
    ["an extractor's option", { kind: "fd", extractor: { kind: "pixels", size: 0 } }, "metric.extractor.size is 0"],
    [
      "too few pictures",
      { kind: "kid", extractor: "pixels", count: 8 },
      "metric.count is 8; it must be a whole number of at least 16",
    ],
    ["no step", { kind: "kid", extractor: "pixels", steps: 0 }, "metric.steps is 0"],
    ["a sampler", { kind: "kid", extractor: "pixels", sampler: "eular" }, 'did you mean "euler"'],
    ["a grid", { kind: "kid", extractor: "pixels", grid: { kind: "karras", rho: -1 } }, "metric.grid"],
    ["guidance", { kind: "kid", extractor: "pixels", guidance: -1 }, "metric.guidance is -1"],
    ["a seed", { kind: "kid", extractor: "pixels", seed: 2 ** 32 }, "metric.seed is 4294967296"],
    ["a first caption", { kind: "kid", extractor: "pixels", from: -1 }, "metric.from is -1"],
    [
      "the training split",
      { kind: "kid", extractor: "pixels", split: "train" },
      'metric.split is "train"; it must be a split that training never sees',
    ],
    ["one block", { kind: "fd", extractor: "pixels", blocks: 1 }, "metric.blocks is 1; it must be 0, or at least 2"],
    ["no neighbour", { kind: "recall", extractor: "pixels", k: 0 }, "metric.k is 0"],
    ["a threshold", { kind: "memorisation", threshold: 0 }, "metric.threshold is 0"],
    ["no training pictures", { kind: "memorisation", training: 1 }, "metric.training is 1"],
    ["bins", { kind: "validation", bins: 0 }, "metric.bins is 0"],
  ])("%s", (_, asked, message) => {
    expect(() => metricSpec(asked as Asked)).toThrow(message);
  });

  it.each<[string, object, string | RegExp]>([
    [
      "a solver that chooses its own steps",
      { kind: "kid", extractor: pixels, sampler: "dopri5" },
      'metric.sampler is "dopri5"; it must be a solver of given steps',
    ],
    [
      "another split",
      { kind: "kid", extractor: pixels, split: "test" },
      'linear-gaussian has no split "test"; its splits are train, validation',
    ],
    [
      "an extractor that reads no captions",
      { kind: "captionAccuracy", extractor: pixels, ...few, count: 16 },
      "metric.extractor is pixels@4-box-1, which reads no captions",
    ],
    [
      "bins that do not divide",
      { kind: "validation", images: 64, bins: 3 },
      "metric.bins is 3; it must divide images, 64, into even parts",
    ],
  ])("%s", async (_, asked, message) => {
    await expect(measure(metricSpec(asked as Asked), inputs)).rejects.toThrow(message);
  });

  it("pictures of other channels", async () => {
    const asked = metricSpec({ kind: "kid", extractor: { ...pixels, channels: 3 }, ...few, count: 16 });
    expect((await measure(asked, inputs)).count).toBe(16);
    const colours = metricSpec({ kind: "kid", extractor: { ...pixels, channels: 2 }, ...few, count: 16 });
    const spec = trainSpec(tinySpec());
    const model = modelOf(spec);
    const other = { ...inputs, spec, model, weights: model.init(random.key(0)), data: tinyData() };
    await expect(measure(colours, other)).rejects.toThrow(MetricsError);
  });

  it("guidance of a run that dropped no captions, and captions that there are not enough of", async () => {
    const undropped = { ...inputs, spec: { ...inputs.spec, captionDropout: 0 } };
    await expect(measure(metricSpec({ kind: "kid", extractor: pixels, guidance: 2 }), undropped)).rejects.toThrow(
      "metric.guidance is 2; it must be 1: training dropped no captions (captionDropout is 0)",
    );
    const data = { ...inputs.data, size: () => 100 };
    await expect(
      measure(metricSpec({ kind: "kid", extractor: pixels, count: 80, from: 5 }), { ...inputs, data }),
    ).rejects.toThrow('linear-gaussian has 100 images in "validation"; the metric takes those from 85 to before 165');
  });
});

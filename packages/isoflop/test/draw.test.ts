import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allocateBatch, type DataSource, labelledImages, shapeScenes } from "@isoflop/data";
import { classifierFreeGuidance, heun, sampler, solvers } from "@isoflop/diffusion";
import { dit } from "@isoflop/dit";
import { contentOf, type RunSpec, type RunSpecInput, runId, runSpec, trainRunner } from "@isoflop/sweep";
import { fileRunStore } from "@isoflop/sweep/node";
import { createDevice, type Device, leavesOf, random, type Tensor } from "@isoflop/tensor";
import { averagedWeights, buildObjective, type Captions, type Checkpoint, packTree, setupFor } from "@isoflop/train";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { askedCaptions, captionsOn } from "../src/sample/captions.js";
import { draw } from "../src/sample/draw.js";
import { picturesOf } from "../src/sample/pictures.js";
import { StudyFolder } from "../src/study/folder.js";
import { drawSamples } from "../src/study/samples.js";

let device: Device;
let out: string;
beforeAll(async () => {
  device = await createDevice("wasm", { wasm: { threads: 1 } });
});
afterAll(() => device.destroy());
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), "isoflop-draw-"));
});
afterEach(() => rm(out, { recursive: true }));

const shapes = shapeScenes({ size: 16, seed: 0 });
const modelFor = (source: DataSource) => ({ ...setupFor(source, { patch: 8 }), width: 16, depth: 1, heads: 1 });

/** A run of a few steps in the study's folder. */
const trained = async (source: DataSource, more: Partial<RunSpecInput> = {}) => {
  const spec = runSpec({
    ...{
      model: modelFor(source),
      data: { source: "shapes" },
      content: contentOf(source),
      steps: 8,
      batch: 4,
      budget: 1e6,
    },
    ...{ optimizer: { learningRate: 0.05, warmup: 0 }, validation: { images: 64 } },
    ...more,
  });
  const run = await fileRunStore(join(out, "runs")).open(spec);
  const runner = trainRunner({ device, openData: async () => source });
  const signal = new AbortController().signal;
  await runner.run(spec, { run, signal, onProgress: () => {}, onRejected: () => {} });
  const { checkpoint } = await run.checkpoints.latest();
  await run.close();
  return { id: runId(spec), spec, checkpoint: checkpoint! };
};

/** Pictures by the sampler alone: `condition` and `unconditional` as the model itself reads them. */
const sampled = async (
  { spec, checkpoint }: { readonly spec: RunSpec; readonly checkpoint: Checkpoint },
  condition: Captions,
  unconditional: Captions,
  { guidance, steps, seed }: { readonly guidance: number; readonly steps: number; readonly seed: number },
): Promise<number[]> => {
  const model = dit(spec.model);
  const params = averagedWeights(checkpoint, packTree(model.init(random.key(0))), device);
  const guided = classifierFreeGuidance<Captions>((x, t, given) => model.apply(params, x, t, given), {
    scale: guidance,
  });
  const { channels, height, width } = spec.model.image;
  const noise = random.normal(random.key(seed), [leavesOf(condition)[0]!.shape[0]!, channels, height, width]) as Tensor;
  const drawing = sampler(guided, { objective: buildObjective(spec.objective), solver: heun(), device });
  return [...((await (await drawing.run({ condition, unconditional }, { noise, steps })).data()) as Float32Array)];
};

const how = { guidance: 2, steps: 3, seed: 5 };
const pixelsOf = (samples: readonly { readonly pixels: ArrayLike<number> }[]) =>
  samples.flatMap(({ pixels }) => Array.from(pixels));

describe.each([
  ["the usual objective", {}],
  ["noise on the variance-preserving path", { objective: { path: "vp", prediction: "noise" } }],
  ["data on the cosine path", { objective: { path: "cosine", prediction: "data" } }],
] as const)("a run of %s", (_, more: Partial<RunSpecInput>) => {
  it("is drawn on its own path, by a study as by the command", async () => {
    const run = await trained(shapes, more);
    const count = 2;
    const { captions } = shapes.batch("validation", 0, count);
    const condition = device.tensor(captions, [count, shapes.captionLength]);
    const expected = await sampled(
      run,
      condition,
      device.tensor(new Int32Array(captions.length), condition.shape),
      how,
    );
    const drawing = {
      folder: new StudyFolder(out),
      device,
      source: shapes,
      samples: { count, ...how },
      seed: how.seed,
    };
    const study = await drawSamples(run, drawing);
    expect(study.map(({ group }) => group)).toEqual(["Generated", "Generated", "Validation data"]);
    expect(pixelsOf(study.slice(0, count))).toEqual(expected);
    expect(pixelsOf(study.slice(count))).toEqual([...shapes.batch("validation", 0, 1).images]);
    const words = [0, 1].map((i) => shapes.caption("validation", i));
    const options = { device, source: shapes, captions: words, solver: "heun" } as const;
    expect(pixelsOf(await draw(run, { ...options, ...how }))).toEqual(expected);
  });
});

const pictures = (count: number) => ({
  pixels: Uint8Array.from({ length: count * 3 * 256 }, (_, i) => (i * 37) % 256),
  labels: Uint8Array.from({ length: count }, (_, i) => i % 3),
});
const classes = labelledImages({
  name: "three",
  size: 16,
  classNames: ["cat", "dog", "ship"],
  train: pictures(60),
  validation: pictures(64),
  provenance: { name: "n", package: null, licence: "MIT", files: [], renderer: "formula", pixelsSha256: null },
});

it("a model of classes is drawn by the labels of its captions, against no label", async () => {
  const model = { ...modelFor(classes), context: { kind: "classes", classes: 3 } } as const;
  const run = await trained(classes, { model, captionDropout: 0.5 });
  const captions = ["a photo of a ship", "cat", "a dog"];
  const expected = await sampled(run, device.tensor([2, 0, 1], [3], "i32"), device.tensor([3, 3, 3], [3], "i32"), how);
  const options = { device, source: classes, solver: "heun" } as const;
  expect(pixelsOf(await draw(run, { ...options, ...how, captions }))).toEqual(expected);
  const wrong = draw(run, { ...options, ...how, captions: ["a horse"] });
  await expect(wrong).rejects.toThrow('unknown word "horse"; known words are cat, dog, ship');
});

it("a word that the source knows and the model does not is refused, where it would draw NaN", () => {
  const told = askedCaptions({ kind: "classes", classes: 2 }, classes, ["a dog", "a ship"]);
  const made = captionsOn(device, { kind: "classes", classes: 3 }, classes, told);
  expect(leavesOf([made]).map(({ shape }) => shape)).toEqual([[2, 1]]);
  expect(() => captionsOn(device, { kind: "classes", classes: 2 }, classes, told)).toThrow(
    "captions for a model of three: condition[1][0] is 3; the vocabulary has 3 words, 0 to 2",
  );
  const few = { kind: "words", tokens: 1, vocabulary: 2 } as const;
  expect(() => captionsOn(device, few, classes, told)).toThrow("condition[0][0] is 2; the vocabulary has 2 words");
});

/** Shapes whose captions are vectors too, one for each word up to the last: the word's id in a place of its own. */
const vectors = ((): DataSource => {
  const features = { tokens: shapes.captionLength, dim: 3 };
  const { name, shape, captionLength, vocabulary, splits } = shapes;
  return {
    ...{ name, shape, captionLength, vocabulary, splits, features, masked: true },
    size: (split) => shapes.size(split as "train"),
    epoch: (split, index) => shapes.epoch(split as "train", index),
    caption: (split, index) => shapes.caption(split as "train", index),
    describe: () => ({ ...shapes.describe(), masked: true, features }),
    batch(split, start, count, out) {
      const filled = out ?? allocateBatch({ shape, captionLength, features }, count);
      const { images, captions } = shapes.batch(split as "train", start, count);
      filled.images.set(images);
      filled.captions.set(captions);
      filled.features!.fill(0);
      captions.forEach((id, at) => {
        if (id > 0) filled.features![at * 3 + (id % 3)] = id / 10;
      });
      for (let i = 0; i < count; i++)
        filled.lengths![i] = Math.max(
          1,
          captions.slice(i * captionLength, (i + 1) * captionLength).findLastIndex((id) => id > 0) + 1,
        );
      return filled;
    },
  };
})();

describe("a model of captions that are vectors", () => {
  it("is drawn by the numbers of validation captions, against one vector of zeros", async () => {
    const run = await trained(vectors, { captionDropout: 0.5 });
    const batch = [4, 1].map((i) => vectors.batch("validation", i, 1));
    const { tokens, dim } = vectors.features!;
    const told = {
      tokens: device.tensor([...batch[0]!.features!, ...batch[1]!.features!], [2, tokens, dim]),
      lengths: device.tensor(Int32Array.of(batch[0]!.lengths![0]!, batch[1]!.lengths![0]!), [2]),
    };
    const empty = {
      tokens: device.tensor(new Float32Array(2 * tokens * dim), [2, tokens, dim]),
      lengths: device.tensor(Int32Array.of(1, 1), [2]),
    };
    const expected = await sampled(run, told, empty, how);
    const options = { device, source: vectors, solver: "heun", ...how } as const;
    const drawn = await draw(run, { ...options, captions: [4, 1] });
    expect(pixelsOf(drawn)).toEqual(expected);
    expect(drawn.map(({ caption }) => caption)).toEqual([4, 1].map((i) => shapes.caption("validation", i)));
    await expect(draw(run, { ...options, captions: ["a red circle"] })).rejects.toMatchObject({
      exitCode: 3,
      message: `captions of a model of ${vectors.name} are vectors, which cannot be typed; name captions of the validation split by their numbers, such as --index 0`,
    });
    const folder = new StudyFolder(out);
    const study = await drawSamples(run, { folder, device, source: vectors, samples: { count: 2, ...how }, seed: 5 });
    expect(study).toHaveLength(3);
  });
});

it("a caption of the validation split is drawn by its number as by its words", async () => {
  const run = await trained(shapes);
  const options = { device, source: shapes, solver: "heun", ...how } as const;
  const words = await draw(run, { ...options, captions: [shapes.caption("validation", 7)] });
  expect(await draw(run, { ...options, captions: [7] })).toEqual(words);
  await expect(draw(run, { ...options, captions: [-1] })).rejects.toMatchObject({ exitCode: 3 });
});

it("images of any channels stand one by one with their captions, latents as they are", () => {
  const images = Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7);
  const [one, two] = picturesOf(images, [4, 1, 1], ["a", "b"]);
  expect(one).toEqual({ caption: "a", width: 1, height: 1, layout: "chw", pixels: images.slice(0, 4) });
  expect(two!.pixels).toEqual(images.slice(4));
});

it("a model without captions draws, and takes none", async () => {
  const model = { ...modelFor(shapes), context: { kind: "none" } } as const;
  const run = await trained(shapes, { model });
  const options = { device, source: shapes, solver: "heun", ...how } as const;
  const [first, second] = await draw(run, { ...options, captions: ["", ""] });
  expect(first!.pixels).toHaveLength(3 * 256);
  expect(first!.pixels).not.toEqual(second!.pixels);
  await expect(draw(run, { ...options, captions: ["a red circle"] })).rejects.toMatchObject({ exitCode: 3 });
});

it("any solver draws by its name, what is random in it by the seed", async () => {
  const run = await trained(shapes);
  for (const solver of solvers.names) {
    const seen: number[][] = [];
    const options = { device, source: shapes, captions: ["a red circle"], solver, ...how };
    const onProgress = (done: number, of: number) => void seen.push([done, of]);
    const once = pixelsOf(await draw(run, { ...options, onProgress }));
    expect(once.every(Number.isFinite), solver).toBe(true);
    expect(seen.at(-1)![0], solver).toBe(seen.at(-1)![1]);
    if (solver === "ancestral") {
      expect(pixelsOf(await draw(run, options))).toEqual(once);
      expect(pixelsOf(await draw(run, { ...options, seed: 6 }))).not.toEqual(once);
    }
  }
});

it("a grid places the steps, and guidance has its times and channels", async () => {
  const run = await trained(shapes);
  const options = { device, source: shapes, captions: ["a red circle"], solver: "euler", ...how } as const;
  const usual = pixelsOf(await draw(run, options));
  expect(pixelsOf(await draw(run, { ...options, grid: "uniform" }))).toEqual(usual);
  expect(
    pixelsOf(
      await draw(run, { ...options, grid: { kind: "shifted", grid: { kind: "uniform", first: 1, last: 0 }, by: 3 } }),
    ),
  ).not.toEqual(usual);
  expect(pixelsOf(await draw(run, { ...options, guidanceInterval: [0, 1], guidanceChannels: 3 }))).toEqual(usual);
  expect(pixelsOf(await draw(run, { ...options, guidanceInterval: [0.3, 0.6] }))).not.toEqual(usual);
  await expect(draw(run, { ...options, guidanceChannels: 4 })).rejects.toThrow("channels is 4");
});

it("a checkpoint of another run is not drawn as this one's, though its arrays fit", async () => {
  const { spec } = await trained(shapes);
  const { checkpoint } = await trained(shapes, { steps: 4 });
  const options = { device, source: shapes, captions: ["a red circle"], solver: "euler", ...how } as const;
  await expect(draw({ spec, checkpoint }, options)).rejects.toMatchObject({
    exitCode: 3,
    message: `the checkpoint of step 4 in the folder of run ${runId(spec)} is of another run; put it back where it was made`,
  });
});

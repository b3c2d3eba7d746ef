import type { DataSource } from "@isoflop/data";
import { classifierFreeGuidance, heun, karrasGrid, sampler } from "@isoflop/diffusion";
import type { Page, Sample } from "@isoflop/plot";
import { type Device, leavesOf, random, type Tensor } from "@isoflop/tensor";
import { emptyCaptions, modelOf, setupFor, type TrainSpec, train, trainSpec, uploadCaptions } from "@isoflop/train";
import { denoisingErrors, heldOutOf, lossIn, type Trained } from "./measure.js";
import { aimOf, objectives } from "./objectives.js";
import { type Found, pageOf } from "./page.js";
import { weightAt } from "./weights.js";

export interface Settings {
  readonly steps: number;
  readonly batch: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  readonly learningRate: number;
  /** Held-out pictures. */
  readonly images: number;
  /** Pictures to draw with each model, and steps for each. */
  readonly samples: number;
  readonly samplingSteps: number;
  readonly guidance: number;
  readonly seed: number;
}

/** Ratios of noise to signal, from where a picture is all there to where nothing of it is left. */
const noises = (count: number): number[] =>
  Array.from({ length: count }, (_, i) => 0.02 * (50 / 0.02) ** (i / (count - 1)));

/** Pictures of captions of held-out data, the same noise for every model. */
const draw = async (name: string, { aim, model }: Trained, data: DataSource, device: Device, settings: Settings) => {
  const { samples: count, samplingSteps: steps, guidance, seed } = settings;
  const [channels, height, width] = data.shape;
  const batch = data.batch("validation", 0, count);
  const inputs = {
    condition: uploadCaptions(device, data, batch, count),
    unconditional: emptyCaptions(device, data, count),
  };
  using drawn = sampler(classifierFreeGuidance(model, { scale: guidance }), { objective: aim, solver: heun(), device });
  const noise = random.normal(random.key(seed), [count, ...data.shape]) as Tensor;
  const out = await drawn.run(inputs, { noise, steps, grid: karrasGrid() });
  const pixels = (await out.data()) as Float32Array;
  for (const tensor of [out, ...leavesOf(inputs)]) tensor.dispose();
  const size = channels * height * width;
  return Array.from(
    { length: count },
    (_, i): Sample => ({
      ...{ caption: data.caption("validation", i), width, height, layout: "chw", group: name },
      pixels: pixels.subarray(i * size, (i + 1) * size),
    }),
  );
};

/** Trains one model under every objective, from the same weights, on the same pictures, and measures all of them alike. */
export const study = async (
  device: Device,
  data: DataSource,
  settings: Settings,
  onProgress: (objective: string, step: number) => void,
): Promise<Page> => {
  const { steps, batch, width, depth, heads, learningRate, images, seed } = settings;
  const specOf = (objective: TrainSpec["objective"]): TrainSpec =>
    trainSpec({
      model: { ...setupFor(data, { conditioning: "adaLNZero" }), width, depth, heads },
      ...{ steps, batch, seed, objective, captionDropout: 0.1, optimizer: { learningRate } },
    });
  const heldOut = heldOutOf(device, data, images);
  const trained: (Trained & { readonly seconds: number })[] = [];
  for (const named of objectives) {
    const spec = specOf(named.spec);
    const { weights, seconds } = await train(spec, {
      ...{ device, data, readEvery: 50 },
      onProgress: ({ step }) => onProgress(named.name, step),
    });
    const { apply } = modelOf(spec);
    trained.push({ aim: aimOf(named), model: (x, t, captions) => apply(weights, x, t, captions), seconds });
  }
  const found: Found[] = [];
  for (const [i, named] of objectives.entries()) {
    const own = trained[i]!;
    const losses = [];
    for (const { aim } of trained) losses.push(await lossIn(aim, own, heldOut));
    found.push({
      ...named,
      losses,
      errors: await denoisingErrors(own, noises(16), heldOut),
      weights: noises(81).map((noise) => ({ noise, weight: weightAt(own.aim, noise) })),
      samples: await draw(named.name, own, data, device, settings),
      seconds: own.seconds,
    });
  }
  heldOut.dispose();
  const parameters = `width ${width}, ${depth} blocks, ${steps.toLocaleString("en-US")} steps of ${batch} pictures of ${data.name}`;
  return pageOf(
    found,
    `The same diffusion transformer (adaLN-Zero, ${parameters}), from the same initial weights and on the same pictures, trained under six objectives of the field. One learning rate, ${learningRate}, serves all; each may have a better one, so close finishes here decide nothing.`,
  );
};

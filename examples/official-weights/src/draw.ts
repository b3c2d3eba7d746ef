import { openDecoder } from "@isoflop/data/node";
import { classifierFreeGuidance, heun, sampler } from "@isoflop/diffusion";
import { conditionFrom, type Dit, type DitParams } from "@isoflop/dit";
import { encodePng, type ImageBatch, imageGrid } from "@isoflop/metrics";
import { broadcastTo, type Device, random, slice, type Tensor } from "@isoflop/tensor";
import { families } from "./families.js";
import type { Identified } from "./identify.js";
import type { Options } from "./options.js";
import { previewOf } from "./preview.js";

/** Four labels spread over all, unless others are asked for. */
const labelsOf = (asked: readonly number[] | undefined, classes: number): readonly number[] => {
  const labels = asked ?? [0, 1, 2, 3].map((i) => Math.floor((i * classes) / 4));
  const wrong = labels.find((label) => label >= classes);
  if (wrong !== undefined) throw new Error(`--labels has ${wrong}; the model knows 0 to ${classes - 1}`);
  return labels;
};

/** Least pixels of a side of a preview. */
const side = 128;

/**
 * Draws a class each from one noise and writes the grid as a PNG.
 * @returns what was drawn
 * @throws Error for a label that the model has not, or a decoder of other latents
 */
export const drawLabels = async (
  device: Device,
  model: Dit,
  params: DitParams,
  { family, config }: Identified,
  options: Pick<Options, "labels" | "guidance" | "steps" | "seed" | "decoder">,
): Promise<{ readonly png: Uint8Array; readonly what: string }> => {
  const { context, image } = config;
  if (context.kind !== "classes") throw new Error(`this model is told ${context.kind}; only labels are drawn here`);
  const labels = labelsOf(options.labels, context.classes);
  const { channels, height, width } = image;
  const { objective, onOurClock } = families[family];
  const network = (x: Tensor, t: Tensor, condition: Tensor): Tensor =>
    // A learned variance is left out.
    onOurClock((y, s) => slice(model.apply(params, y, s, condition), [null, { start: 0, stop: channels }]))(x, t);
  // The official code guides the first three channels of four.
  const guided = classifierFreeGuidance(network, { scale: options.guidance, channels: Math.min(3, channels) });
  using drawn = sampler(guided, { objective, solver: heun(), device });
  const count = labels.length;
  const one = random.normal(random.key(options.seed), [1, channels, height, width]);
  const noise = broadcastTo(one, [count, channels, height, width]);
  const condition = conditionFrom(context, labels, device);
  const unconditional = conditionFrom(context, new Array<null>(count).fill(null), device);
  using latents = await drawn.run({ condition, unconditional }, { noise, steps: options.steps });
  const values = (await latents.data()) as Float32Array;
  const shown = await pictures(values, [count, channels, height, width], device, options);
  const zoom = options.decoder ? 1 : Math.max(1, Math.ceil(side / width));
  const png = encodePng(imageGrid(shown.batch, { columns: count, zoom }));
  return { png, what: `labels ${labels.join(", ")}, guidance ${options.guidance}: ${shown.what}` };
};

const pictures = async (
  latents: Float32Array,
  shape: readonly [number, number, number, number],
  device: Device,
  { decoder: path }: Pick<Options, "decoder">,
): Promise<{ readonly batch: ImageBatch; readonly what: string }> => {
  const [count, ...each] = shape;
  if (path === undefined)
    return { batch: previewOf(latents, shape), what: "a linear preview of the latents, not decoded pictures" };
  const decoder = await openDecoder({ kind: "safetensors", path });
  if (!decoder) throw new Error(`${path} decodes nothing`);
  const [channels, height, width] = decoder.shapeOf(each);
  const data = await decoder.decode(latents, each, device);
  return { batch: { data, count, channels, height, width }, what: `decoded by ${decoder.name}` };
};

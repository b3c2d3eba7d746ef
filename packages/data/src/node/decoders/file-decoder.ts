import path from "node:path";
import type { Device, Tensor } from "@isoflop/tensor";
import type { Decoder, ImageShape } from "../../decoders/decoder.js";
import { spread } from "../../decoders/per-channel.js";
import type { DecoderFile } from "../../decoders/safetensors.js";
import { layers } from "./layers.js";
import type { Layout, Network } from "./network.js";
import { taesd } from "./taesd.js";
import { readWeights } from "./weights.js";

const layouts: readonly Layout[] = [layers, taesd];

/** About as many pixels as are decoded at once. */
const AT_ONCE = 2 ** 18;

/** The decoder whose weights lie in a file. @throws Error naming the file and what is wrong with it, RangeError for a scale or shift of too few channels */
export const fileDecoder = async ({ path: file, scale = 1, shift = 0 }: DecoderFile): Promise<Decoder> => {
  const weights = await readWeights(file);
  const layout = layouts.find(({ sign }) => weights.tensors.has(sign));
  if (!layout) {
    const signs = layouts.map(({ name, sign }) => `"${sign}" (${name})`).join(" or ");
    throw new Error(`${file} is no decoder: it has no tensor ${signs}`);
  }
  const network = layout.read(weights);
  const { channels, factor } = network;
  const [scales, shifts] = [spread("decoder.scale", scale, channels), spread("decoder.shift", shift, channels)];
  const shapeOf = (latent: ImageShape): ImageShape => {
    if (latent[0] === channels) return [3, latent[1] * factor, latent[2] * factor];
    throw new Error(`${file} decodes latents of ${channels} channels; these are [${latent.join(", ")}]`);
  };
  return {
    name: `${path.basename(file)} (${layout.name})`,
    shapeOf,
    async decode(latents, shape, device) {
      const plane = shape[1] * shape[2];
      const taken = latents.map((x, i) => {
        const channel = Math.floor(i / plane) % channels;
        return (x - shifts[channel]!) * scales[channel]!;
      });
      return run(network, taken, shape, shapeOf(shape), device);
    },
  };
};

const run = async (
  network: Network,
  latents: Float32Array,
  shape: ImageShape,
  pictureShape: ImageShape,
  device: Device,
): Promise<Float32Array> => {
  const [each, pixels] = [shape, pictureShape].map(([c, h, w]) => c * h * w) as [number, number];
  const count = latents.length / each;
  const block = Math.max(1, Math.floor(AT_ONCE / pixels));
  const tensors = new Map<string, Tensor>();
  for (const [name, { shape: sizes, data }] of network.weights) tensors.set(name, device.tensor(data, sizes));
  const out = new Float32Array(count * pixels);
  try {
    for (let start = 0; start < count; start += block) {
      const part = latents.slice(start * each, Math.min(count, start + block) * each);
      using x = device.tensor(part, [part.length / each, ...shape]);
      using y = network.apply(x as Tensor, (name) => tensors.get(name)!);
      out.set((await y.data()) as Float32Array, start * pixels);
    }
  } finally {
    for (const tensor of tensors.values()) tensor.dispose();
  }
  return out;
};

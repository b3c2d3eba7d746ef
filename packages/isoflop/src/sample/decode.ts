import {
  type DataSource,
  type Decoder,
  type DecoderSpec,
  type LatentScaling,
  type ModuleDecoder,
  unscaled,
} from "@isoflop/data";
import { openDecoder } from "@isoflop/data/node";
import type { Sample } from "@isoflop/plot";
import type { DataSpec } from "@isoflop/sweep";
import type { Device } from "@isoflop/tensor";
import { inputError } from "../exit.js";
import { loadModule } from "../modules/index.js";

/** How what a model draws becomes pictures. */
export type SampleDecoder =
  /** It draws pictures. */
  | { readonly kind: "pictures"; readonly channels: number }
  | {
      readonly kind: "decoder";
      readonly decoder: Decoder;
      readonly shape: DataSource["shape"];
      readonly scaling: LatentScaling;
    }
  /** It draws what nobody can look at. */
  | { readonly kind: "none"; readonly reason: string };

/**
 * What turns what a model of these data draws into pictures: the decoder that the data name, where they are latents.
 * @throws CliError for a decoder that cannot be read, or takes other latents
 */
export const sampleDecoder = async (data: DataSpec, { shape, latents }: DataSource): Promise<SampleDecoder> => {
  const [channels] = shape;
  const { decoder: given } = data as { readonly decoder?: DecoderSpec | ModuleDecoder };
  if (!latents && !given && (channels === 3 || channels === 1)) return { kind: "pictures", channels };
  const what = `samples are latents of [${shape.join(", ")}]`;
  if (!given) return { kind: "none", reason: `${what} and the data name no decoder: nothing is drawn` };
  try {
    const spec = await named(given);
    const decoder = await openDecoder(spec);
    if (!decoder) return { kind: "none", reason: `${what} and data.decoder is ${spec.kind}: nothing is drawn` };
    decoder.shapeOf(shape);
    const asTheyAre = { scale: Array(channels).fill(1), shift: Array(channels).fill(0) };
    return { kind: "decoder", decoder, shape, scaling: latents ?? asTheyAre };
  } catch (error) {
    throw inputError(`data.decoder: ${(error as Error).message}`);
  }
};

/** The record by the name of its kind, which a module makes known. */
const named = async (spec: DecoderSpec | ModuleDecoder): Promise<DecoderSpec> => {
  if (!("module" in spec)) return spec;
  const { module: file, ...options } = spec as ModuleDecoder;
  const { path, parts } = await loadModule(file);
  if (parts.decoder !== undefined) return { ...options, kind: parts.decoder };
  throw new Error(`${path} exports no decoder; it exports ${Object.keys(parts).join(", ")}`);
};

/** Samples as pictures of three channels, in [-1, 1]: none where nothing can be drawn. */
export const decodeSamples = async (
  samples: readonly Sample[],
  how: SampleDecoder,
  device: Device,
): Promise<readonly Sample[]> => {
  if (how.kind === "none" || samples.length === 0) return [];
  if (how.kind === "pictures") return how.channels === 3 ? samples : samples.map(inThreeColours);
  const { decoder, shape, scaling } = how;
  const [channels, height, width] = shape;
  const each = channels * height * width;
  const latents = new Float32Array(samples.length * each);
  for (const [i, { pixels }] of samples.entries()) latents.set(pixels, i * each);
  const decoded = await decoder.decode(unscaled(latents, height * width, scaling), shape, device);
  const [, rows, columns] = decoder.shapeOf(shape);
  const values = 3 * rows * columns;
  return samples.map((sample, i) => {
    const pixels = decoded.slice(i * values, (i + 1) * values);
    return { ...sample, width: columns, height: rows, layout: "chw" as const, pixels };
  });
};

/** Grey, as red, green and blue. */
const inThreeColours = (sample: Sample): Sample => {
  const pixels = new Float32Array(3 * sample.pixels.length);
  for (const channel of [0, 1, 2]) pixels.set(sample.pixels, channel * sample.pixels.length);
  return { ...sample, pixels };
};

import type { ImageBatch } from "@isoflop/metrics";

/**
 * Red, green and blue of each of the four channels of Stable Diffusion's latents: a linear fit to what its decoder makes of them (keturn,
 * "Decoding latents to RGB without upscaling", discuss.huggingface.co, 2022). What a latent looks like from afar, not its picture.
 */
const ofStableDiffusion = [
  [0.298, 0.207, 0.208],
  [0.187, 0.286, 0.173],
  [-0.158, 0.189, 0.264],
  [-0.184, -0.271, -0.473],
] as const;

/** Three channels of colour from those of a latent: that of Stable Diffusion's where there are four, otherwise the first three. */
const coloursOf = (channels: number): readonly (readonly number[])[] =>
  channels === 4
    ? ofStableDiffusion
    : Array.from({ length: channels }, (_, channel) => [0, 1, 2].map((colour) => (colour === channel % 3 ? 0.5 : 0)));

/** Latents [n, channels, height, width] as a linear preview in -1..1, a pixel for each place. */
export const previewOf = (
  data: Float32Array,
  [count, channels, height, width]: readonly [number, number, number, number],
): ImageBatch => {
  const [colours, plane] = [coloursOf(channels), height * width];
  const pixels = Float32Array.from({ length: count * 3 * plane }, (_, at) => {
    const [image, colour, place] = [Math.floor(at / (3 * plane)), Math.floor(at / plane) % 3, at % plane];
    return colours.reduce(
      (sum, factors, c) => sum + factors[colour]! * data[(image * channels + c) * plane + place]!,
      0,
    );
  });
  return { data: pixels, count, channels: 3, height, width };
};

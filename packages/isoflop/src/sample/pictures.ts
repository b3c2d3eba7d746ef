import type { DataSource } from "@isoflop/data";
import type { Sample } from "@isoflop/plot";

/** Images [n, channels, height, width] of a source with a caption each, as they are: of latents not yet decoded. */
export const picturesOf = (images: Float32Array, shape: DataSource["shape"], captions: readonly string[]): Sample[] => {
  const [channels, height, width] = shape;
  const size = channels * height * width;
  return captions.map((caption, i) => {
    return { caption, width, height, layout: "chw", pixels: images.slice(i * size, (i + 1) * size) };
  });
};

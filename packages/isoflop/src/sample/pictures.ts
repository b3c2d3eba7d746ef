import type { DataSource } from "@isoflop/data";
import type { Sample } from "@isoflop/plot";
import { inputError } from "../exit.js";

type Shape = DataSource["shape"];

/** Whether images of a shape are pictures, grey or red, green and blue. Others, such as latents, are for a decoder. */
export const arePictures = ([channels]: Shape): boolean => channels === 1 || channels === 3;

/** @throws CliError for images that are no pictures */
export const checkPictures = ({ name, shape }: Pick<DataSource, "name" | "shape">): void => {
  if (!arePictures(shape))
    throw inputError(
      `images of ${name} have ${shape[0]} channels; pictures have 1 (grey) or 3 (red, green, blue), and latents have to be decoded first`,
    );
};

/** Pictures [n, 1 or 3, height, width], in -1..1, with a caption each. */
export const picturesOf = (images: Float32Array, shape: Shape, captions: readonly string[]): Sample[] => {
  const [channels, height, width] = shape;
  const size = channels * height * width;
  return captions.map((caption, i) => {
    const own = images.slice(i * size, (i + 1) * size);
    const pixels = channels === 3 ? own : Float32Array.from({ length: 3 * size }, (_, at) => own[at % size]!);
    return { caption, width, height, layout: "chw", pixels };
  });
};

import { imageGrid } from "@isoflop/metrics";
import type { Picture } from "../messages.js";

/** Images as a model gives them, [captions.length, 3, size, size] in -1..1, as pictures of bytes. */
export const pictures = (data: Float32Array, captions: readonly string[], size: number): Picture[] =>
  captions.map((caption, i) => {
    const values = 3 * size * size;
    const image = {
      data: data.subarray(i * values, (i + 1) * values),
      count: 1,
      channels: 3,
      height: size,
      width: size,
    };
    const { width, height, data: pixels } = imageGrid(image, { padding: 0 });
    return { caption, width, height, pixels: new Uint8ClampedArray(pixels) };
  });

import { type Extractor, type ExtractorImages, MetricsError } from "@isoflop/metrics";
import { kind, whole } from "@isoflop/spec";
import * as v from "valibot";

/** Root mean square of the differences between pixels `distance` apart, over all channels of picture n. */
const roughness = (
  { data, channels, height, width }: ExtractorImages,
  n: number,
  distance: number,
  down: boolean,
): number => {
  const [dy, dx] = down ? [distance, 0] : [0, distance];
  let [sum, pairs] = [0, 0];
  for (let c = 0; c < channels; c++) {
    const plane = data.subarray((n * channels + c) * height * width);
    for (let y = 0; y + dy < height; y++)
      for (let x = 0; x + dx < width; x++) {
        sum += (plane[(y + dy) * width + x + dx]! - plane[y * width + x]!) ** 2;
        pairs++;
      }
  }
  return Math.sqrt(sum / pairs);
};

/**
 * How rough pictures are at each scale, across and down: what blur and noise change first, whatever is in the picture. It needs no weights and no device,
 * and pictures stay of the size that they are.
 */
export const extractor = kind({
  name: "roughness",
  about: "differences between pixels some way apart: sharpness and noise, and not what is shown",
  options: {
    distances: v.optional(
      v.pipe(v.array(whole({ atLeast: 1 }), "a list of distances in pixels"), v.minLength(1)),
      [1, 2, 4],
    ),
  },
  build: ({ distances }): Extractor => ({
    name: `roughness@any-${distances.join("-")}`,
    dim: 2 * distances.length,
    digest: async () => "",
    load: async () => ({
      async features(images) {
        const { count, height, width } = images;
        const most = Math.max(...distances);
        if (most >= Math.min(height, width))
          throw new MetricsError("dimension", `images are ${width}×${height}; roughness needs sides above ${most}.`);
        const rows = Array.from({ length: count }, (_, n) =>
          distances.flatMap((distance) => [false, true].map((down) => roughness(images, n, distance, down))),
        );
        return Float64Array.from(rows.flat());
      },
      dispose() {},
    }),
  }),
});

import { type ExtractorImages, MetricsError } from "@isoflop/metrics";

/** @throws MetricsError `dimension` for sizes that do not fit or other channels than 1 and 3, `values` for numbers that are not finite */
export const checkColours = (extractor: string, { data, count, channels, height, width }: ExtractorImages): void => {
  if (channels !== 3 && channels !== 1)
    throw new MetricsError(
      "dimension",
      `images have ${channels} channels; the extractor ${extractor} takes 3, red, green and blue, or 1 for grey.`,
    );
  const size = count * channels * height * width;
  if (!(count >= 1 && height >= 1 && width >= 1 && data.length === size))
    throw new MetricsError(
      "dimension",
      `data has ${data.length} numbers; ${count}×${channels}×${height}×${width} is ${size}.`,
    );
  // By a loop: a function for each number takes as long as a layer of a network.
  for (let i = 0; i < size; i++)
    if (!Number.isFinite(data[i]))
      throw new MetricsError(
        "values",
        `Image ${Math.floor(i / (size / count))} holds ${data[i]}; every number must be finite.`,
      );
};

/** `batch` images from image `first` on, [batch, 3, height, width]. Grey becomes three colours; places beyond the last image stay 0. */
export const colours = (images: ExtractorImages, first: number, batch: number): Float32Array => {
  const { data, count, channels, height, width } = images;
  const area = height * width;
  const out = new Float32Array(batch * 3 * area);
  for (let n = first; n < Math.min(count, first + batch); n++)
    for (let c = 0; c < 3; c++) {
      const from = (n * channels + (channels === 1 ? 0 : c)) * area;
      out.set(data.subarray(from, from + area), ((n - first) * 3 + c) * area);
    }
  return out;
};

import { fingerprint } from "@isoflop/data";
import type { ExtractorImages } from "@isoflop/metrics";
import { canonicalJson } from "@isoflop/spec";
import { must } from "../../errors.js";
import type { MetricInputs, PlannedInputs } from "../metric.js";
import { checkSampling, drawPictures } from "./draw.js";
import type { Sampling } from "./options.js";
import { Rows } from "./rows.js";
import { sharedBy } from "./shared.js";

/** Pictures of a source's split, from one number on. */
export interface Shown {
  readonly split: string;
  readonly start: number;
  readonly count: number;
}

/** Pictures as extractors take them. */
export const asImages = (data: Float32Array, { data: { shape } }: MetricInputs): ExtractorImages => {
  const [channels, height, width] = shape;
  return { data, count: data.length / (channels * height * width), channels, height, width };
};

/** All that fixes a picture but its number: of how many are drawn, each is what it is. */
export const keyOfPictures = ({ data }: MetricInputs, { count: _, ...sampling }: Sampling): string =>
  canonicalJson({ data: fingerprint(data).content, ...sampling });

/**
 * The pictures that a metric takes of a model. Metrics of the same weights that ask alike are given the same ones: each is drawn once.
 * @throws TrainError `data` if the split has too few captions, `spec` for what the run was not trained for
 */
export const samplesOf = async (inputs: MetricInputs, sampling: Sampling): Promise<ExtractorImages> => {
  checkSamples(inputs, sampling);
  const width = inputs.data.shape.reduce((product, side) => product * side, 1);
  const key = `pictures ${keyOfPictures(inputs, sampling)}`;
  const rows = sharedBy(inputs.weights, key, () => new Rows<Float32Array>(width, (length) => new Float32Array(length)));
  const more = (first: number, n: number) => drawPictures(inputs, sampling, { first, count: n });
  return asImages(await rows.first(sampling.count, more), inputs);
};

/** @throws TrainError `data` unless the data have the split, and as many images in it; tells the most that there are */
export const checkShown = ({ data }: Pick<PlannedInputs, "data">, { split, start, count }: Shown): void => {
  const { name, splits } = data;
  must(splits.includes(split), "data", `${name} has no split "${split}"; its splits are ${splits.join(", ")}`);
  const size = data.size(split);
  const end = start + count;
  must(
    split === "train" || size >= end,
    "data",
    `${name} has ${size} images in "${split}"; the metric takes those from ${start} to before ${end}: ask for fewer (count, reference), from an earlier one (from), or let the data hold out more`,
  );
};

/** @throws TrainError `data` if the split has too few captions, `spec` for what the run is not trained for */
export const checkSamples = (planned: PlannedInputs, sampling: Sampling): void => {
  const { split, from, count } = sampling;
  checkShown(planned, { split, start: from, count });
  checkSampling(planned, sampling);
};

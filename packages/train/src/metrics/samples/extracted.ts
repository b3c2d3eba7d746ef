import { type Extractor, type ExtractorImages, type Features, features, type LoadedExtractor } from "@isoflop/metrics";
import type { Device } from "@isoflop/tensor";
import { yieldToHost } from "../../host.js";
import type { MetricInputs } from "../metric.js";
import type { Sampling } from "./options.js";
import { asImages, keyOfPictures, samplesOf } from "./pictures.js";
import { Rows } from "./rows.js";
import { sharedBy } from "./shared.js";

/** Pictures that an extractor is handed at once: equal images have equal rows whatever the batch. */
const BATCH = 64;

export type FeatureRows = Rows<Float64Array>;

export const emptyRows = (dim: number): FeatureRows =>
  new Rows<Float64Array>(dim, (length) => new Float64Array(length));

/** Weights are hashed once, however often features are asked for. */
const digests = new WeakMap<Extractor, Promise<string>>();

/** An extractor by its network, resize rule and weights: features of unlike ones do not compare. */
export const identityOf = async (extractor: Extractor): Promise<string> => {
  const hashed = digests.get(extractor) ?? extractor.digest();
  digests.set(extractor, hashed);
  const digest = await hashed;
  return digest === "" ? extractor.name : `${extractor.name}#${digest}`;
};

/** What is done with an extractor's weights on a device, which then are gone. */
export const withExtractor = async <T>(
  extractor: Extractor,
  device: Device,
  use: (loaded: LoadedExtractor) => Promise<T>,
): Promise<T> => {
  const loaded = await extractor.load(device);
  try {
    return await use(loaded);
  } finally {
    loaded.dispose();
  }
};

/** Features of pictures as they come, by weights that are loaded for as long. */
export async function* extracted(
  { device, signal }: MetricInputs,
  extractor: Extractor,
  count: number,
  picturesFrom: (at: number, n: number) => ExtractorImages,
): AsyncIterable<Float64Array> {
  const loaded = await extractor.load(device);
  try {
    for (let at = 0; at < count; at += BATCH) {
      signal?.throwIfAborted();
      yield await loaded.features(picturesFrom(at, Math.min(BATCH, count - at)));
      await yieldToHost();
    }
  } finally {
    loaded.dispose();
  }
}

/** Features of the pictures that a metric takes of a model, computed once for all metrics of the same weights. */
export const sampleFeatures = async (
  inputs: MetricInputs,
  sampling: Sampling,
  extractor: Extractor,
): Promise<Features> => {
  const { dim } = extractor;
  const identity = await identityOf(extractor);
  const pictures = await samplesOf(inputs, sampling);
  const width = pictures.data.length / pictures.count;
  const key = `features ${identity} ${keyOfPictures(inputs, sampling)}`;
  const rows = sharedBy(inputs.weights, key, () => emptyRows(dim));
  const data = await rows.first(sampling.count, (from, n) =>
    extracted(inputs, extractor, n, (at, some) =>
      asImages(pictures.data.subarray((from + at) * width, (from + at + some) * width), inputs),
    ),
  );
  return features(identity, dim, data);
};

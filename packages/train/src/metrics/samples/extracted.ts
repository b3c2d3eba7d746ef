import { type DataSource, fingerprint } from "@isoflop/data";
import { type Extractor, type ExtractorImages, type Features, features, type LoadedExtractor } from "@isoflop/metrics";
import { digest } from "@isoflop/spec";
import type { Device } from "@isoflop/tensor";
import { yieldToHost } from "../../host.js";
import type { MetricInputs } from "../metric.js";
import type { Sampling } from "./options.js";
import { asImages, checkShown, keyOfPictures, type Shown, samplesOf } from "./pictures.js";
import { Rows } from "./rows.js";
import { sharedBy } from "./shared.js";

/** Pictures that an extractor is handed at once: equal images have equal rows whatever the batch. */
const BATCH = 64;

type FeatureRows = Rows<Float64Array>;

const emptyRows = (dim: number): FeatureRows => new Rows<Float64Array>(dim, (length) => new Float64Array(length));

/** Weights are hashed once, however often features are asked for. */
const digests = new WeakMap<Extractor, Promise<string>>();

/** An extractor by its network, resize rule and weights: features of unlike ones do not compare. */
const identityOf = async (extractor: Extractor): Promise<string> => {
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
async function* extracted(
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

/** Bytes of features of data that a thread keeps: those of 20,000 pictures in 2048 numbers. */
const MOST_KEPT = 320 * 2 ** 20;

/** By device, as numbers of unlike ones differ in their last digits: the features of data that were asked for last come last. */
const kept = new WeakMap<Device, Map<string, FeatureRows>>();

/** Data whose split is known by content, but for training pictures, which come in an order. */
const dataKey = (data: DataSource, split: string): string => fingerprint(data)[split === "train" ? "run" : "content"];

/** Numbers of one kind of device are the same wherever it is; of GPUs, each has its own last digits. */
const backendOf = ({ name, description }: Device): string => (name === "wasm" ? name : description);

/**
 * Features of pictures of the data, computed once for all runs that are measured in this thread, and where there is a store for those of others; features
 * that need no weights are quicker computed than kept.
 * @throws TrainError `data` if the split has too few pictures
 */
export const dataFeatures = async (
  inputs: MetricInputs,
  { split, start, count }: Shown,
  extractor: Extractor,
): Promise<Features> => {
  checkShown(inputs, { split, start, count });
  const { data, device } = inputs;
  const { dim } = extractor;
  const identity = await identityOf(extractor);
  const store = identity === extractor.name ? undefined : inputs.features;
  const fixing = { data: dataKey(data, split), split, start, extractor: identity, backend: backendOf(device) };
  const key = digest(fixing);
  const all = kept.get(device) ?? new Map<string, FeatureRows>();
  kept.set(device, all);
  const rows = all.get(key) ?? emptyRows(dim);
  all.delete(key);
  all.set(key, rows);
  let computed = false;
  const found = await rows.first(count, async function* (from, n) {
    let at = from;
    const known = from === 0 ? await store?.read(key) : undefined;
    if (known && known.length >= dim && known.length % dim === 0) {
      yield known;
      at = known.length / dim;
    }
    if (at >= from + n) return;
    computed = true;
    const picturesFrom = (offset: number, some: number) =>
      asImages(data.batch(split, start + at + offset, some).images, inputs);
    yield* extracted(inputs, extractor, from + n - at, picturesFrom);
  });
  if (computed) await store?.write(key, found);
  forgetOldest(all);
  return features(identity, dim, found);
};

/** The last is always kept. */
const forgetOldest = (all: Map<string, FeatureRows>): void => {
  let bytes = [...all.values()].reduce((sum, rows) => sum + rows.bytes, 0);
  for (const [key, rows] of [...all].slice(0, -1)) {
    if (bytes <= MOST_KEPT) return;
    all.delete(key);
    bytes -= rows.bytes;
  }
};

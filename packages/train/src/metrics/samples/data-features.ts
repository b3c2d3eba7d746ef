import { type DataSource, fingerprint } from "@isoflop/data";
import { type Extractor, type Features, features } from "@isoflop/metrics";
import { digest } from "@isoflop/spec";
import type { Device } from "@isoflop/tensor";
import type { MetricInputs } from "../metric.js";
import { emptyRows, extracted, type FeatureRows, identityOf } from "./extracted.js";
import { asImages, checkShown, type Shown } from "./pictures.js";

/** Bytes of features of data that a thread keeps: those of 20,000 pictures in 2048 numbers. */
const MOST_KEPT = 320 * 2 ** 20;

/** By device, as numbers of unlike ones differ in their last digits: the features of data that were asked for last come last. */
const kept = new WeakMap<Device, Map<string, FeatureRows>>();

/** Data whose split is known by content, but for training pictures, which come in an order. */
const dataKey = (data: DataSource, split: string): string => fingerprint(data)[split === "train" ? "run" : "content"];

/** Numbers of one kind of device are the same wherever it is; of GPUs, each has its own last digits. */
const backendOf = ({ name, description }: Device): string => (name === "wasm" ? name : description);

/**
 * Features of pictures of the data, computed once for all runs that are measured in this thread, and where there is a store for those of others. What needs no weights is quicker
 * computed than kept, and training pictures come to every run in an order of its own.
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
  const store = split === "train" || identity === extractor.name ? undefined : inputs.features;
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

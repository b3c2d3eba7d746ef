import type { Batch, DataSource } from "@isoflop/data";
import { type Device, less, random, select, Tensor } from "@isoflop/tensor";

/** Captions as vectors of a frozen encoder. The empty one is one vector of zeros: the model's projection makes a learned one of it. */
export interface FeatureCaptions {
  /** f32 [n, tokens, dim], zeros from a caption's length on. */
  readonly tokens: Tensor;
  /** i32 [n], at least 1. */
  readonly lengths: Tensor;
}

/** What a model is told of a batch of n: word ids, i32 [n, words], of which the empty caption has word 0 everywhere, or vectors. */
export type Captions = Tensor | FeatureCaptions;

/** Which captions of a source a model is handed. */
export type CaptionForm = "words" | "features";

type CaptionedData = Pick<DataSource, "captionLength" | "features">;

/**
 * The captions of a batch of n on a device; the caller disposes them.
 * @param form "features" only for a source that has some
 */
export const uploadCaptions = (
  device: Device,
  { captionLength, features }: CaptionedData,
  batch: Pick<Batch, "captions" | "features" | "lengths">,
  n: number,
  form: CaptionForm = "words",
): Captions =>
  form === "words" || !features
    ? device.tensor(batch.captions, [n, captionLength], "i32")
    : {
        tokens: device.tensor(batch.features!, [n, features.tokens, features.dim]),
        lengths: device.tensor(batch.lengths!, [n], "i32"),
      };

/** As many empty captions on a device: what guidance compares with. The caller disposes them. */
export const emptyCaptions = (device: Device, data: CaptionedData, n: number, form?: CaptionForm): Captions => {
  const { captionLength, features } = data;
  const empty = {
    captions: new Int32Array(n * captionLength),
    ...(features && {
      features: new Float32Array(n * features.tokens * features.dim),
      lengths: new Int32Array(n).fill(1),
    }),
  };
  return uploadCaptions(device, data, empty, n, form);
};

/** Captions of which a share, drawn from `key`, are replaced by the empty one. */
export const dropCaptions = (captions: Captions, share: number, key: Tensor): Captions => {
  if (share === 0) return captions;
  const n = (captions instanceof Tensor ? captions : captions.lengths).shape[0]!;
  const dropped = less(random.uniform(key, [n, 1]), share);
  if (captions instanceof Tensor) return select(dropped, 0, captions);
  const { tokens, lengths } = captions;
  return {
    tokens: select(dropped.reshape([n, 1, 1]), 0, tokens),
    lengths: select(dropped.reshape([n]), 1, lengths),
  };
};

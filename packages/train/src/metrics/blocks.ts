import { sources } from "@isoflop/data";
import { bitsPerDimension, type Nats } from "@isoflop/diffusion";
import type { DitParams } from "@isoflop/dit";
import { leavesOf, random, type Tensor } from "@isoflop/tensor";
import * as v from "valibot";
import { type Captions, uploadCaptions } from "../captions.js";
import { yieldToHost } from "../host.js";
import { VALIDATION_BLOCK, type ValidationSpec, validationSchema } from "../spec.js";
import type { Measurement, MetricInputs } from "./metric.js";

/** Seed of what likelihoods and bounds draw: one for all runs, so that every model meets the same. */
const DRAWS_SEED = 0x6b1757;

/** Which images a likelihood or bound is of. */
export const imagesOptions = { ...validationSchema.entries, data: v.optional(sources.schema) };

/** What a network is given beside x and t. */
export interface BlockInputs {
  readonly weights: DitParams;
  readonly captions: Captions;
}

/** The network of a metric, as likelihoods and bounds take it. */
export const networkOf =
  ({ model }: MetricInputs) =>
  (x: Tensor, t: Tensor, { weights, captions }: BlockInputs): Tensor =>
    model.apply(weights, x, t, captions);

/** How one block is measured. */
export interface Block {
  readonly x: Tensor;
  readonly inputs: BlockInputs;
  /** The block's own. */
  readonly key: random.Key;
  readonly signal?: AbortSignal;
  /** To be awaited now and then, so that others get their turn. */
  readonly onStep: () => Promise<void>;
}

/**
 * Bits per dimension of held-out images, block by block.
 * @throws what `nats` throws
 */
export const bitsOfImages = async (
  { weights, data, device, model, signal }: MetricInputs,
  { split, images }: ValidationSpec,
  nats: (block: Block) => Promise<Nats>,
): Promise<Measurement> => {
  const all = new Float64Array(images);
  let last: Nats | undefined;
  for (let start = 0; start < images; start += VALIDATION_BLOCK) {
    signal?.throwIfAborted();
    const batch = data.batch(split, start, VALIDATION_BLOCK);
    const given = {
      x: device.tensor(batch.images, [VALIDATION_BLOCK, ...data.shape]),
      captions: uploadCaptions(device, data, batch, VALIDATION_BLOCK, model.reads),
      key: random.foldIn(random.key(DRAWS_SEED), start / VALIDATION_BLOCK),
    };
    try {
      const { x, captions, key } = given;
      last = await nats({ x, inputs: { weights, captions }, key, ...(signal && { signal }), onStep: yieldToHost });
      all.set(last.nats, start);
    } finally {
      for (const tensor of leavesOf(given)) tensor.dispose();
    }
  }
  const { dimensions, of } = last!;
  const { mean, standardError } = bitsPerDimension({ nats: all, dimensions, of });
  return { value: mean, stdErr: standardError, count: images };
};

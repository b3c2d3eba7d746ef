import { concat, slice, type Tensor } from "@isoflop/tensor";
import { type Attention, affineNorm, attend, attentionSpecs, feedForward, type Mlp, mlpSpecs } from "../block.js";
import { type Norm, normSpec } from "../spec.js";
import type { Conditioning } from "./conditioning.js";

/** One pre-norm block. */
export interface InContextBlock {
  readonly norm1: Norm;
  readonly attn: Attention;
  readonly norm2: Norm;
  readonly mlp: Mlp;
}

export interface InContextParams {
  readonly blocks: readonly InContextBlock[];
  readonly norm: Norm;
}

const block = ({ norm1, attn, norm2, mlp }: InContextBlock, x: Tensor, heads: number): Tensor => {
  const attended = x.add(attend(attn, affineNorm(x, norm1), heads));
  return attended.add(feedForward(mlp, affineNorm(attended, norm2)));
};

/**
 * A plain pre-norm transformer over [time, context, image] tokens in one sequence, read out at the image tokens
 * (DiT section 3.2; the choice of arXiv 2410.08184).
 */
export const inContext: Conditioning<InContextParams> = {
  specs: (config) => ({
    blocks: Array.from({ length: config.depth }, () => ({
      norm1: normSpec("attentionProjections", config.width),
      attn: attentionSpecs(config),
      norm2: normSpec("mlp", config.width),
      mlp: mlpSpecs(config),
    })),
    norm: normSpec("finalLayer", config.width),
  }),
  forward({ blocks, norm }, { image, time, context }, { width, heads, imageTokens }) {
    const timeToken = time.reshape([time.shape[0]!, 1, width]);
    const before = context ? [timeToken, context] : [timeToken];
    const sequence = concat([...before, image], 1);
    const out = blocks.reduce((x, params) => block(params, x, heads), sequence);
    const first = sequence.shape[1]! - imageTokens;
    return affineNorm(slice(out, [null, { start: first }]), norm);
  },
};

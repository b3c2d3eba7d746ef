import { concat, linear, type Tensor } from "@isoflop/tensor";
import { type Attention, affineNorm, attend, attentionSpecs, feedForward, type Mlp, mlpSpecs } from "../block.js";
import { type ContextParams, contextSpecs, embedContext } from "../context.js";
import { attendTo, type CrossAttention, crossAttentionSpecs, type Told } from "../cross-attention.js";
import { readoutSpecs } from "../final-layer.js";
import { lengthsAfter } from "../lengths.js";
import { type Linear, type Norm, normSpec } from "../spec.js";
import { embedTime, type TimeEmbedder, timeSpecs, withTime } from "../time.js";
import type { Trunk } from "./trunk.js";

/** Self-attention, cross-attention, MLP, each after a norm with a scale and shift of its own. */
export interface CrossAttentionBlock {
  readonly norm1: Norm;
  readonly attn: Attention;
  readonly norm_cross: Norm;
  readonly cross_attn: CrossAttention;
  readonly norm2: Norm;
  readonly mlp: Mlp;
}

export type CrossAttentionParams = ContextParams & {
  readonly t_embedder: TimeEmbedder;
  readonly blocks: readonly CrossAttentionBlock[];
  readonly final_layer: { readonly norm: Norm; readonly linear: Linear };
};

const block = (params: CrossAttentionBlock, image: Tensor, told: Told, heads: number): Tensor => {
  const attended = image.add(attend(params.attn, affineNorm(image, params.norm1), heads));
  const crossed = attended.add(attendTo(params.cross_attn, affineNorm(attended, params.norm_cross), told, heads));
  return crossed.add(feedForward(params.mlp, affineNorm(crossed, params.norm2)));
};

/**
 * Image tokens attend to [time, context] tokens in every block, between self-attention and MLP (DiT section 3.2, whose code was
 * not released); with time "added" it is in the image tokens, and they attend to the context alone. Initializers as in the official DiT: Xavier for every matrix of a block, zeros for the readout.
 */
export const crossAttention: Trunk<CrossAttentionParams> = {
  name: "crossAttention",
  masks: true,
  specs: (config) => ({
    t_embedder: timeSpecs(config),
    ...contextSpecs(config),
    blocks: Array.from({ length: config.depth }, () => ({
      norm1: normSpec("attentionProjections", config.width),
      attn: attentionSpecs(config),
      norm_cross: normSpec("crossAttentionProjections", config.width),
      cross_attn: crossAttentionSpecs(config),
      norm2: normSpec("mlp", config.width),
      mlp: mlpSpecs(config),
    })),
    final_layer: { norm: normSpec("finalLayer", config.width), linear: readoutSpecs(config) },
  }),
  forward(params, { image, time, context, lengths }, config) {
    const timed = withTime(config, embedTime(params.t_embedder, time));
    const words = embedContext(params, context);
    const tokens = concat(words ? [...timed.tokens, words] : timed.tokens, 1);
    const told: Told = { tokens, lengths: lengthsAfter(config.timeTokens, lengths) };
    const out = params.blocks.reduce((x, each) => block(each, x, told, config.heads), timed.addTo(image));
    const { norm, linear: readout } = params.final_layer;
    return linear(affineNorm(out, norm), readout.weight, readout.bias);
  },
};

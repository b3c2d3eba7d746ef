import type { ResolvedConfig } from "@isoflop/flops";
import { concat, linear, type Tensor } from "@isoflop/tensor";
import { type Attention, affineNorm, attend, attentionSpecs } from "../block.js";
import { alone, type Running, runBlocks, seen } from "../blocks.js";
import { type ContextParams, contextSpecs, embedContext } from "../context.js";
import { attendTo, type CrossAttention, crossAttentionSpecs, type Told } from "../cross-attention.js";
import { type FeedForward, feedForwardSpecs, mlpBranch } from "../experts.js";
import { readoutSpecs } from "../final-layer.js";
import { lengthsAfter } from "../lengths.js";
import { lastTokens, withRegisters } from "../registers.js";
import { type Rotation, rotationOf } from "../rotary.js";
import { type Linear, type Norm, normSpec, type SpecsOf } from "../spec.js";
import { embedTime, type TimeEmbedder, timeSpecs, withTime } from "../time.js";
import { type Trunk, trunkParts } from "./trunk.js";

/** Self-attention, cross-attention, MLP, each after a norm with a scale and shift of its own. */
export interface CrossAttentionBlock {
  readonly norm1: Norm;
  readonly attn: Attention;
  readonly norm_cross: Norm;
  readonly cross_attn: CrossAttention;
  readonly norm2: Norm;
  readonly mlp: FeedForward;
}

export type CrossAttentionParams = ContextParams & {
  readonly t_embedder: TimeEmbedder;
  readonly blocks: readonly CrossAttentionBlock[];
  readonly final_layer: { readonly norm: Norm; readonly linear: Linear };
};

export const crossAttentionBlockSpecs = (config: ResolvedConfig, index: number): SpecsOf<CrossAttentionBlock> => ({
  norm1: normSpec("attentionProjections", config.width, config.norm),
  attn: attentionSpecs(config),
  norm_cross: normSpec("crossAttentionProjections", config.width, config.norm),
  cross_attn: crossAttentionSpecs(config),
  norm2: normSpec("mlp", config.width, config.norm),
  mlp: feedForwardSpecs(config, index),
});

/** One block: image tokens [n, T, d] look at each other, then at what they are told. */
export const crossAttentionBlock = (
  { norm1, attn, norm_cross, cross_attn, norm2, mlp }: CrossAttentionBlock,
  image: Tensor,
  told: Told,
  config: ResolvedConfig,
  running: Running = alone,
  rotation?: Rotation,
): Tensor => {
  const attention = attend(attn, affineNorm(image, norm1), config, undefined, rotation);
  const attended = image.add(running.branch("attn", attention));
  const crossing = attendTo(cross_attn, affineNorm(attended, norm_cross), told, config);
  const crossed = attended.add(running.branch("cross_attn", crossing));
  return crossed.add(mlpBranch(mlp, affineNorm(crossed, norm2), config, running));
};

/**
 * Image tokens attend to [time, context] tokens in every block, between self-attention and MLP (DiT section 3.2, whose code was
 * not released); with time "added" it is in the image tokens, and they attend to the context alone. Initializers as in the official DiT: Xavier for every matrix of a block, zeros for the readout.
 */
export const crossAttention: Trunk<CrossAttentionParams> = {
  name: "crossAttention",
  masks: true,
  minds: trunkParts,
  runs: true,
  specs: (config) => ({
    t_embedder: timeSpecs(config),
    ...contextSpecs(config),
    blocks: Array.from({ length: config.depth }, (_, i) => crossAttentionBlockSpecs(config, i)),
    final_layer: { norm: normSpec("finalLayer", config.width, config.norm), linear: readoutSpecs(config) },
  }),
  forward(params, { image, registers, time, guidance, context, lengths }, config, run) {
    const timed = withTime(config, seen(run, "t_embedder", embedTime(params.t_embedder, time, guidance)));
    const embedded = embedContext(params, context);
    const words = embedded && seen(run, "context", embedded);
    const tokens = concat(words ? [...timed.tokens, words] : timed.tokens, 1);
    const told: Told = { tokens, lengths: lengthsAfter(config.timeTokens, lengths) };
    const rotation = rotationOf(config, config.registers);
    const block = (each: CrossAttentionBlock, x: Tensor, at: Running) =>
      crossAttentionBlock(each, x, told, config, at, rotation);
    const out = runBlocks(params.blocks, timed.addTo(withRegisters(registers, image)), block, run);
    const { norm, linear: readout } = params.final_layer;
    return linear(affineNorm(lastTokens(out, config.imageTokens), norm), readout.weight, readout.bias);
  },
};

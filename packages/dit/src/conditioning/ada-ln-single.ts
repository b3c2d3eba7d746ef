import type { ResolvedConfig } from "@isoflop/flops";
import { concat, type Tensor } from "@isoflop/tensor";
import { type Attention, attend, attentionSpecs, feedForward, type GeluMlp } from "../block.js";
import { alone, type Running, runBlocks, seen } from "../blocks.js";
import { type ContextParams, contextSpecs, embedContext } from "../context.js";
import { attendTo, type CrossAttention, crossAttentionSpecs, type Told } from "../cross-attention.js";
import { type FeedForward, feedForwardSpecs, mlpBranch } from "../experts.js";
import { readout, readoutSpecs } from "../final-layer.js";
import { smallNormal, zeroInit } from "../initializers.js";
import { gatedBranches, type Modulation, modulation, modulationSpecs, through } from "../modulation.js";
import { lastTokens, withRegisters } from "../registers.js";
import { type Rotation, rotationOf } from "../rotary.js";
import { type Linear, linearSpec, Spec, type SpecsOf } from "../spec.js";
import { embedTime, type TimeEmbedder, timeSpecs } from "../time.js";
import { type Trunk, trunkParts } from "./trunk.js";

export interface AdaLNSingleBlock {
  /** Added to the shared modulation of time, [6, d]: shift, scale and gate of attention, then of the MLP. */
  readonly scale_shift_table: Tensor;
  readonly attn: Attention;
  readonly cross_attn: CrossAttention;
  readonly mlp: FeedForward;
}

/** Vectors of a frozen encoder, each through Linear, GELU, Linear. */
export interface CaptionContext {
  readonly y_embedder: { readonly y_proj: GeluMlp };
}

export type AdaLNSingleParams = (CaptionContext | ContextParams) & {
  readonly t_embedder: TimeEmbedder;
  /** Time's six modulation vectors, shared by all blocks. */
  readonly t_block: Modulation;
  readonly blocks: readonly AdaLNSingleBlock[];
  /** The table is [2, d]: shift and scale, added to time itself. */
  readonly final_layer: { readonly scale_shift_table: Tensor; readonly linear: Linear };
};

const captionSpecs = (config: ResolvedConfig): SpecsOf<CaptionContext | ContextParams> => {
  const { context, width } = config;
  if (context.kind !== "features") return contextSpecs(config);
  const layer = (inputs: number, role: "input" | "hidden") =>
    linearSpec("contextEmbedding", inputs, width, smallNormal, role);
  return { y_embedder: { y_proj: { fc1: layer(context.dim, "input"), fc2: layer(width, "hidden") } } };
};

const captionTokens = (params: CaptionContext | ContextParams, context: Tensor | undefined): Tensor | undefined => {
  if (context && "y_embedder" in params && "y_proj" in params.y_embedder)
    return feedForward(params.y_embedder.y_proj, context);
  return embedContext(params, context);
};

const tableSpec = (vectors: number, width: number): Spec =>
  new Spec([vectors, width], { kind: "normal", std: width ** -0.5 }, "modulation", "vector");

/** Vectors of time [n, vectors · d] with a block's own table [vectors, d] added. */
const withTable = (time: Tensor, table: Tensor): Tensor => time.add(table.reshape([table.size]));

export const adaLNSingleBlockSpecs = (config: ResolvedConfig, index: number): SpecsOf<AdaLNSingleBlock> => ({
  scale_shift_table: tableSpec(6, config.width),
  attn: attentionSpecs(config),
  cross_attn: crossAttentionSpecs(config, zeroInit),
  mlp: feedForwardSpecs(config, index),
});

/** One block of PixArt-α: image tokens [n, T, d] modulated by `shared` [n, 6d], time's vectors for all blocks, and told of the caption. */
export const adaLNSingleBlock = (
  params: AdaLNSingleBlock,
  image: Tensor,
  { told, shared }: { readonly told: Told; readonly shared: Tensor },
  config: ResolvedConfig,
  running: Running = alone,
  rotation?: Rotation,
): Tensor => {
  const [first, second] = gatedBranches(withTable(shared, params.scale_shift_table), config.norm);
  const attention = (x: Tensor) => attend(params.attn, x, config, undefined, rotation);
  const attended = through(image, first, (x) => running.branch("attn", attention(x)));
  const crossed = attended.add(running.branch("cross_attn", attendTo(params.cross_attn, attended, told, config)));
  return through(crossed, second, (x) => mlpBranch(params.mlp, x, config, running));
};

/**
 * PixArt-α (arXiv 2310.00426; `PixArt-alpha/PixArt-alpha: diffusion/model/nets/PixArt.py`): one modulation of time for all blocks
 * with a table per block, and cross-attention to the caption without a norm before it. Its initializers: tables normal with std d^-1/2, time's
 * modulation and the caption MLP normal 0.02, the output of cross-attention zero, so that a new model does not see the caption.
 */
export const adaLNSingle: Trunk<AdaLNSingleParams> = {
  name: "adaLNSingle",
  masks: true,
  minds: trunkParts,
  runs: true,
  // The null caption, which is data for `condition`.
  passedOver: ["y_embedder.y_embedding"],
  specs: (config) => ({
    t_embedder: timeSpecs(config),
    t_block: modulationSpecs(config.width, 6, smallNormal),
    ...captionSpecs(config),
    blocks: Array.from({ length: config.depth }, (_, i) => adaLNSingleBlockSpecs(config, i)),
    final_layer: { scale_shift_table: tableSpec(2, config.width), linear: readoutSpecs(config) },
  }),
  forward(params, { image, registers, time, guidance, context, lengths }, config, run) {
    const embedded = seen(run, "t_embedder", embedTime(params.t_embedder, time, guidance));
    const shared = modulation(params.t_block, embedded);
    // A config without context is refused, and so is a missing condition.
    const told: Told = { tokens: seen(run, "context", captionTokens(params, context)!), lengths };
    const given = { told, shared };
    const rotation = rotationOf(config, config.registers);
    const block = (each: AdaLNSingleBlock, x: Tensor, at: Running) =>
      adaLNSingleBlock(each, x, given, config, at, rotation);
    const out = runBlocks(params.blocks, withRegisters(registers, image), block, run);
    const { scale_shift_table, linear } = params.final_layer;
    const vectors = withTable(concat([embedded, embedded], 1), scale_shift_table);
    return readout(linear, lastTokens(out, config.imageTokens), vectors, config.norm);
  },
};

import type { NormKind, ResolvedConfig } from "@isoflop/flops";
import type { Tensor } from "@isoflop/tensor";
import { type Attention, attend, attentionSpecs } from "../block.js";
import { alone, type Running, runBlocks, seen } from "../blocks.js";
import { type ContextVectorParams, contextVectorSpecs, embedContextVector } from "../context-vector.js";
import { type FeedForward, feedForwardSpecs, mlpBranch } from "../experts.js";
import { type FinalLayer, finalLayer, finalLayerSpecs } from "../final-layer.js";
import { type Branches, type Modulation, modulation, modulationSpecs, through, twoBranches } from "../modulation.js";
import { lastTokens, withRegisters } from "../registers.js";
import { type Rotation, rotationOf } from "../rotary.js";
import type { SpecsOf } from "../spec.js";
import { embedTime, type TimeEmbedder, timeSpecs } from "../time.js";
import { type Trunk, trunkParts } from "./trunk.js";

export interface AdaLNBlock {
  readonly attn: Attention;
  readonly mlp: FeedForward;
  readonly adaLN_modulation: Modulation;
}

export type AdaLNParams = ContextVectorParams & {
  readonly t_embedder: TimeEmbedder;
  readonly blocks: readonly AdaLNBlock[];
  readonly final_layer: FinalLayer;
};

export const adaLNBlockSpecs = (config: ResolvedConfig, index: number, vectors: 4 | 6): SpecsOf<AdaLNBlock> => ({
  attn: attentionSpecs(config),
  mlp: feedForwardSpecs(config, index),
  adaLN_modulation: modulationSpecs(config.width, vectors),
});

/** One block of modulated branches: `branches` cuts what modulates x [n, T, d], by a vector [n, d], into those of attention and MLP. */
export const adaLNBlock = (
  { attn, mlp, adaLN_modulation }: AdaLNBlock,
  x: Tensor,
  { vector, branches }: { readonly vector: Tensor; readonly branches: (all: Tensor, norm: NormKind) => Branches },
  config: ResolvedConfig,
  running: Running = alone,
  rotation?: Rotation,
): Tensor => {
  const [first, second] = branches(modulation(adaLN_modulation, vector), config.norm);
  const attention = (y: Tensor) => attend(attn, y, config, undefined, rotation);
  const attended = through(x, first, (y) => running.branch("attn", attention(y)));
  return through(attended, second, (y) => mlpBranch(mlp, y, config, running));
};

/** The trunk `name` of blocks modulated by `vectors` vectors of time + context, which `branches` cuts into those of attention and MLP. */
export const modulatedBlocks = (
  name: string,
  vectors: 4 | 6,
  branches: (all: Tensor, norm: NormKind) => Branches,
): Trunk<AdaLNParams> => {
  return {
    name,
    masks: true,
    minds: trunkParts,
    runs: true,
    specs: (config) => ({
      t_embedder: timeSpecs(config),
      ...contextVectorSpecs(config),
      blocks: Array.from({ length: config.depth }, (_, i) => adaLNBlockSpecs(config, i, vectors)),
      final_layer: finalLayerSpecs(config),
    }),
    forward(params, { image, registers, time, guidance, context, lengths }, config, run) {
      const embedded = seen(run, "t_embedder", embedTime(params.t_embedder, time, guidance));
      const told = embedContextVector(params, context, lengths);
      const vector = told ? embedded.add(seen(run, "context", told)) : embedded;
      const given = { vector, branches };
      const rotation = rotationOf(config, config.registers);
      const block = (each: AdaLNBlock, x: Tensor, at: Running) => adaLNBlock(each, x, given, config, at, rotation);
      const out = runBlocks(params.blocks, withRegisters(registers, image), block, run);
      return finalLayer(params.final_layer, lastTokens(out, config.imageTokens), vector, config.norm);
    },
  };
};

/**
 * Shift and scale of every norm from time + context (DiT section 3.2, whose code was not released). The paper gives no init for the
 * modulation; it starts at zero, as in adaLN-Zero, so that a new model is a plain pre-norm transformer.
 */
export const adaLN = modulatedBlocks("adaLN", 4, twoBranches);

import type { ResolvedConfig } from "@isoflop/flops";
import { type Running, runBlocks, seen } from "../blocks.js";
import { type ContextParams, contextSpecs, embedContext, type FeatureContext } from "../context.js";
import { type FinalLayer, finalLayer, finalLayerSpecs } from "../final-layer.js";
import { smallNormal } from "../initializers.js";
import { type JointBlock, jointBlock, jointBlockSpecs, type Streams } from "../joint-block.js";
import { lengthsAfter } from "../lengths.js";
import { withRegisters } from "../registers.js";
import { rotationOf } from "../rotary.js";
import type { SpecsOf } from "../spec.js";
import { embedTime, type TimeEmbedder, timeSpecs } from "../time.js";
import { type VectorMlp, vectorMlp, vectorMlpSpecs } from "../vector-mlp.js";
import { type Trunk, trunkParts } from "./trunk.js";

/** Features of a frozen encoder, and its pooled vector, which is added to time. */
export interface PooledContext extends FeatureContext {
  readonly y_embedder: { readonly mlp: VectorMlp };
}

export type MmDitParams = (ContextParams | PooledContext) & {
  readonly t_embedder: TimeEmbedder;
  readonly joint_blocks: readonly JointBlock[];
  readonly final_layer: FinalLayer;
};

const pooledSpecs = ({ context, width }: ResolvedConfig): Partial<Pick<SpecsOf<PooledContext>, "y_embedder">> =>
  context.kind === "features" && context.pooled !== undefined
    ? { y_embedder: { mlp: vectorMlpSpecs("contextEmbedding", context.pooled, width, smallNormal) } }
    : {};

/**
 * SD3's MM-DiT (arXiv 2403.03206; `Stability-AI/sd3-ref: mmdit.py`): context and image tokens in two streams with weights of their own,
 * each modulated as in adaLN-Zero by time + pooled text, and one attention over both; registers come before the context. The reference code does not train and gives no
 * initializers; these are DiT's, of which it is made.
 */
export const mmDit: Trunk<MmDitParams> = {
  name: "mmDit",
  masks: true,
  minds: trunkParts,
  runs: true,
  specs: (config) => ({
    t_embedder: timeSpecs(config),
    ...contextSpecs(config),
    ...pooledSpecs(config),
    joint_blocks: Array.from({ length: config.depth }, (_, i) => jointBlockSpecs(config, i)),
    final_layer: finalLayerSpecs(config),
  }),
  forward(params, { image, registers, time, guidance, context, lengths, pooled }, config, run) {
    const embedded = seen(run, "t_embedder", embedTime(params.t_embedder, time, guidance));
    const hasPooled = pooled && "y_embedder" in params && "mlp" in params.y_embedder;
    const vector = hasPooled ? embedded.add(seen(run, "pooled", vectorMlp(params.y_embedder.mlp, pooled))) : embedded;
    // A config without context is refused, and so is a missing condition.
    const words = withRegisters(registers, seen(run, "context", embedContext(params, context)!));
    const first: Streams = { context: words, image };
    const given = { vector, lengths: lengthsAfter(config.registers, lengths) };
    const rotation = rotationOf(config);
    const block = (each: JointBlock, streams: Streams, at: Running) =>
      jointBlock(each, streams, given, config, at, rotation);
    const out = runBlocks(params.joint_blocks, first, block, run, "joint_blocks");
    return finalLayer(params.final_layer, out.image, vector, config.norm);
  },
};

import type { ResolvedConfig } from "@isoflop/flops";
import { concat, linear, slice, type Tensor } from "@isoflop/tensor";
import { type Attention, affineNorm, attend, attentionSpecs } from "../block.js";
import { alone, type Running, runBlocks, seen } from "../blocks.js";
import { type ContextParams, contextSpecs, embedContext } from "../context.js";
import { type FeedForward, feedForwardSpecs, mlpBranch } from "../experts.js";
import { readoutSpecs } from "../final-layer.js";
import { lengthsAfter } from "../lengths.js";
import { withRegisters } from "../registers.js";
import { type Rotation, rotationOf } from "../rotary.js";
import { type Linear, type Norm, normSpec, type SpecsOf } from "../spec.js";
import { embedTime, timeMlpSpecs, withTime } from "../time.js";
import type { VectorMlp } from "../vector-mlp.js";
import { type Trunk, trunkParts } from "./trunk.js";

/** One pre-norm block. */
export interface InContextBlock {
  readonly norm1: Norm;
  readonly attn: Attention;
  readonly norm2: Norm;
  readonly mlp: FeedForward;
}

export type InContextParams = ContextParams & {
  readonly t_embedder: VectorMlp;
  readonly blocks: readonly InContextBlock[];
  readonly norm: Norm;
  /** Readout of patches in row, column, channel order. */
  readonly linear: Linear;
};

export const inContextBlockSpecs = (config: ResolvedConfig, index: number): SpecsOf<InContextBlock> => ({
  norm1: normSpec("attentionProjections", config.width, config.norm),
  attn: attentionSpecs(config),
  norm2: normSpec("mlp", config.width, config.norm),
  mlp: feedForwardSpecs(config, index),
});

/** One block over a sequence x [n, S, d], of which the first `lengths`, i32 [n], are looked at where those are given. */
export const inContextBlock = (
  { norm1, attn, norm2, mlp }: InContextBlock,
  x: Tensor,
  lengths: Tensor | undefined,
  config: ResolvedConfig,
  running: Running = alone,
  rotation?: Rotation,
): Tensor => {
  const attention = attend(attn, affineNorm(x, norm1), config, lengths, rotation);
  const attended = x.add(running.branch("attn", attention));
  return attended.add(mlpBranch(mlp, affineNorm(attended, norm2), config, running, { lengths }));
};

/**
 * A plain pre-norm transformer over [time, registers, context, image] tokens in one sequence, read out at the image tokens
 * (DiT section 3.2; the choice of arXiv 2410.08184). Masked captions come last, as [time, registers, image, context], so that what counts comes before
 * what does not: positions are in the tokens, and attention knows no order. With time "added" its vector is added to every token instead of being one. Initializers as in
 * the official DiT.
 */
export const inContext: Trunk<InContextParams> = {
  name: "inContext",
  masks: true,
  minds: trunkParts,
  runs: true,
  specs: (config) => ({
    t_embedder: timeMlpSpecs(config),
    ...contextSpecs(config),
    blocks: Array.from({ length: config.depth }, (_, i) => inContextBlockSpecs(config, i)),
    norm: normSpec("finalLayer", config.width, config.norm),
    linear: readoutSpecs(config),
  }),
  forward(params, { image, registers, time, guidance, context, lengths }, config, run) {
    const timed = withTime(config, seen(run, "t_embedder", embedTime({ mlp: params.t_embedder }, time, guidance)));
    const embedded = embedContext(params, context);
    const words = embedded && seen(run, "context", embedded);
    const { timeTokens, imageTokens, contextTokens } = config;
    const told = words ? [words] : [];
    const others = concat(lengths ? [image, ...told] : [...told, image], 1);
    const sequence = timed.addTo(concat([...timed.tokens, withRegisters(registers, others)], 1));
    const first = timeTokens + config.registers;
    const counts = lengthsAfter(first + imageTokens, lengths);
    const [start, after] = lengths ? [first, contextTokens] : [first + contextTokens, 0];
    const rotation = rotationOf(config, start, after);
    const block = (each: InContextBlock, x: Tensor, at: Running) =>
      inContextBlock(each, x, counts, config, at, rotation);
    const out = runBlocks(params.blocks, sequence, block, run);
    const normed = affineNorm(slice(out, [null, { start, stop: start + imageTokens }]), params.norm);
    return linear(normed, params.linear.weight, params.linear.bias);
  },
};

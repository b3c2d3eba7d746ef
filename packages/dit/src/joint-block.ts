import type { ResolvedConfig } from "@isoflop/flops";
import { attention, concat, linear, split, type Tensor } from "@isoflop/tensor";
import { cutBy, type QueryKeyValue, queryKeyValue, queryKeyValueSpecs } from "./block.js";
import { alone, type Running } from "./blocks.js";
import { type AdaLNBlock, adaLNBlockSpecs } from "./conditioning/ada-ln.js";
import { mlpBranch } from "./experts.js";
import {
  gated,
  gatedBranches,
  type Modulation,
  modulate,
  modulation,
  modulationSpecs,
  oneBranch,
  through,
} from "./modulation.js";
import type { Rotation } from "./rotary.js";
import type { SpecsOf } from "./spec.js";

/** The context stream of the last block (`pre_only`): nothing reads its output, so it only gives queries, keys and values. */
export interface PreOnlyStream {
  readonly attn: QueryKeyValue;
  readonly adaLN_modulation: Modulation;
}

/** Two streams of tokens through a block, each with all that a DiT block has. */
export interface JointBlock {
  readonly context_block: AdaLNBlock | PreOnlyStream;
  readonly x_block: AdaLNBlock;
}

const preOnlyStreamSpecs = (config: ResolvedConfig): SpecsOf<PreOnlyStream> => ({
  attn: queryKeyValueSpecs(config),
  adaLN_modulation: modulationSpecs(config.width, 2),
});

export const jointBlockSpecs = (config: ResolvedConfig, index: number): SpecsOf<JointBlock> => ({
  context_block: index === config.depth - 1 ? preOnlyStreamSpecs(config) : adaLNBlockSpecs(config, index, 6),
  x_block: adaLNBlockSpecs(config, index, 6),
});

/** A stream up to its queries, keys and values, and the way on from what attention gives back. */
const enter = (
  name: keyof JointBlock,
  stream: AdaLNBlock | PreOnlyStream,
  x: Tensor,
  { vector, lengths }: JointInputs,
  config: ResolvedConfig,
  running: Running,
  rotation?: Rotation,
) => {
  const { heads, norm } = config;
  const vectors = modulation(stream.adaLN_modulation, vector);
  if (!("mlp" in stream))
    return { qkv: queryKeyValue(stream.attn, modulate(x, oneBranch(vectors, norm)), heads), leave: () => x };
  const [first, second] = gatedBranches(vectors, norm);
  const { proj } = stream.attn;
  const leave = (mixed: Tensor): Tensor => {
    const projected = linear(mixed.reshape(x.shape), proj.weight, proj.bias);
    const attended = gated(x, running.branch(`${name}.attn`, projected), first);
    const out = through(attended, second, (y) =>
      mlpBranch(stream.mlp, y, config, running, { lengths, name: `${name}.mlp` }),
    );
    return running.seen(name, out);
  };
  return { qkv: queryKeyValue(stream.attn, modulate(x, first), heads, rotation), leave };
};

/** Tokens of both streams, [n, X, d] and [n, T, d]. */
export interface Streams {
  readonly context: Tensor;
  readonly image: Tensor;
}

/** What a block is given besides its streams. */
export interface JointInputs {
  /** What modulates, [n, d]. */
  readonly vector: Tensor;
  /** i32 [n], how many of the context tokens count where captions are masked. */
  readonly lengths: Tensor | undefined;
}

/**
 * One block: attention runs over context tokens followed by image tokens, or with `lengths` over image tokens followed by as many of the
 * context as count. A `pre_only` context comes back as it went in.
 */
export const jointBlock = (
  block: JointBlock,
  { context, image }: Streams,
  { vector, lengths }: JointInputs,
  config: ResolvedConfig,
  running: Running = alone,
  rotation?: Rotation,
): Streams => {
  const words = enter("context_block", block.context_block, context, { vector, lengths }, config, running);
  const whole = { vector, lengths: undefined };
  const pixels = enter("x_block", block.x_block, image, whole, config, running, rotation);
  const order = lengths ? [pixels, words] : [words, pixels];
  const joined = (i: 0 | 1 | 2): Tensor =>
    concat(
      order.map(({ qkv }) => qkv[i]),
      1,
    );
  const { options } = cutBy(config, lengths?.add(image.shape[1]!));
  const mixed = attention(joined(0), joined(1), joined(2), options);
  const sizes = order.map(({ qkv }) => qkv[0].shape[1]!);
  const parts = split(mixed, sizes, 1);
  const [toWords, toPixels] = (lengths ? [...parts].reverse() : parts) as [Tensor, Tensor];
  return { context: words.leave(toWords), image: pixels.leave(toPixels) };
};

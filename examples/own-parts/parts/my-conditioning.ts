import { type ContextParams, defineConditioning } from "@isoflop/dit";
import {
  type Attention,
  affineNorm,
  attend,
  attentionSpecs,
  contextSpecs,
  embedContext,
  embedTime,
  feedForward,
  type Heads,
  type Linear,
  linearSpec,
  type Mlp,
  mlpSpecs,
  type Norm,
  normSpec,
  readoutSpecs,
  type TimeEmbedder,
  timeSpecs,
  withTime,
} from "@isoflop/dit/building-blocks";
import {
  contextTokens,
  finalLinear,
  finalNorm,
  linear as linearLayer,
  mlp,
  patchEmbedding,
  type Stream,
  selfAttention,
  timeEmbedding,
  under,
} from "@isoflop/flops/building-blocks";
import { concat, linear, slice, type Tensor } from "@isoflop/tensor";

interface Block {
  readonly norm1: Norm;
  readonly attn: Attention;
  readonly norm2: Norm;
  readonly mlp: Mlp;
}

/** A block of the second half, which first takes in the output of its counterpart in the first half: [d, 2d]. */
interface SkipBlock extends Block {
  readonly skip: Linear;
}

type Params = ContextParams & {
  readonly t_embedder: TimeEmbedder;
  readonly blocks: readonly (Block | SkipBlock)[];
  readonly final_layer: { readonly norm: Norm; readonly linear: Linear };
};

/** Blocks from this one on have a skip; in the middle of an odd depth stands one without a counterpart. */
const firstSkip = (depth: number): number => Math.ceil(depth / 2);

const block = ({ norm1, attn, norm2, mlp }: Block, x: Tensor, heads: Heads): Tensor => {
  const attended = x.add(attend(attn, affineNorm(x, norm1), heads));
  return attended.add(feedForward(mlp, affineNorm(attended, norm2)));
};

/**
 * U-ViT (arXiv 2209.12152): time, context and image in one sequence, as `inContext` has it, and long skips from the first half of the blocks to
 * the second, concatenated and projected, as in a U-Net. What it costs is a (d, 2d) product on every token of every second block.
 */
export const conditioning = defineConditioning<Params>({
  name: "uVit",
  architecture: {
    words: "in-context transformer with long skips",
    readsTime: true,
    readsContext: "where given",
    takesPooled: false,
    layers(c) {
      const rows = c.timeTokens + c.contextTokens + c.imageTokens;
      const stream: Stream = { prefix: "blocks.*", rows, times: c.depth, modulation: "none" };
      const skips = c.depth - firstSkip(c.depth);
      const skip = under("blocks.*.skip", "attentionProjections", skips);
      return [
        ...patchEmbedding(c),
        ...timeEmbedding(c),
        ...contextTokens(c),
        ...(skips > 0 ? [skip("", linearLayer(rows, 2 * c.width, c.width))] : []),
        ...selfAttention(c, stream),
        ...mlp(c, stream),
        ...finalNorm(c, false),
        finalLinear(c),
      ];
    },
  },
  trunk: {
    specs: (c) => ({
      t_embedder: timeSpecs(c),
      ...contextSpecs(c),
      blocks: Array.from({ length: c.depth }, (_, i) => ({
        ...(i >= firstSkip(c.depth) && { skip: linearSpec("attentionProjections", 2 * c.width, c.width) }),
        norm1: normSpec("attentionProjections", c.width),
        attn: attentionSpecs(c),
        norm2: normSpec("mlp", c.width),
        mlp: mlpSpecs(c),
      })),
      final_layer: { norm: normSpec("finalLayer", c.width), linear: readoutSpecs(c) },
    }),
    forward(params, { image, time, context }, c) {
      const timed = withTime(c, embedTime(params.t_embedder, time));
      const words = embedContext(params, context);
      let x = timed.addTo(concat([...timed.tokens, ...(words ? [words] : []), image], 1));
      const outputs: Tensor[] = [];
      for (const each of params.blocks) {
        if ("skip" in each) x = linear(concat([x, outputs.pop()!], 2), each.skip.weight, each.skip.bias);
        x = block(each, x, c);
        if (outputs.length < Math.floor(c.depth / 2) && !("skip" in each)) outputs.push(x);
      }
      const first = x.shape[1]! - c.imageTokens;
      const { norm, linear: readout } = params.final_layer;
      return linear(affineNorm(slice(x, [null, { start: first }]), norm), readout.weight, readout.bias);
    },
  },
});

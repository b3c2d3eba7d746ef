import type { DitConfig } from "@isoflop/flops";
import * as counted from "@isoflop/flops/building-blocks";
import { createDevice, meanSquaredError, random, type Tensor, valueAndGrad } from "@isoflop/tensor";
import { expect, test } from "vitest";
import {
  type AdaLNBlock,
  type AdaLNSingleBlock,
  adaLNBlock,
  adaLNBlockSpecs,
  adaLNSingleBlock,
  adaLNSingleBlockSpecs,
  type CrossAttentionBlock,
  crossAttentionBlock,
  crossAttentionBlockSpecs,
  embedContext,
  embedTime,
  type FeatureContext,
  type FinalLayer,
  finalLayer,
  finalLayerSpecs,
  gatedBranches,
  type InContextBlock,
  inContextBlock,
  inContextBlockSpecs,
  type JointBlock,
  jointBlock,
  jointBlockSpecs,
  linearSpec,
  type Modulation,
  modulation,
  modulationSpecs,
  runBlocks,
  type Streams,
  type TimeEmbedder,
  timeSpecs,
} from "../src/building-blocks.js";
import { addConditioning, checkCounted, type DitOptions, defineConditioning, dit, namedParams } from "../src/index.js";
import { perturbed } from "./perturbed.js";

/** One block of every kind of this package. */
interface Round {
  readonly plain: InContextBlock;
  readonly told: CrossAttentionBlock;
  readonly zero: AdaLNBlock;
  readonly single: AdaLNSingleBlock;
  readonly joint: JointBlock;
}

interface Params extends FeatureContext {
  readonly t_embedder: TimeEmbedder;
  readonly t_block: Modulation;
  readonly rounds: readonly Round[];
  readonly final_layer: FinalLayer;
}

/** A trunk of `depth` rounds, each of a block of every kind, put together from outside. */
const rounds = defineConditioning<Params>({
  name: "rounds",
  architecture: {
    ...{ words: "rounds of every block", readsTime: false, readsContext: "always", takesPooled: false },
    layers: (c) => {
      const stream = (name: string, modulation: "none" | "shiftScaleGate", rows = c.imageTokens) => ({
        ...{ prefix: `blocks.*.${name}`, rows, times: c.depth, modulation },
      });
      const [gated, words] = ["shiftScaleGate", c.contextTokens] as const;
      const streams = [stream("joint.context_block", gated, words), stream("joint.x_block", gated)];
      return [
        ...counted.patchEmbedding(c),
        ...counted.timeEmbedding(c),
        ...counted.contextTokens(c),
        ...counted.modulation(c, "t_block", 6),
        ...counted.selfAttention(c, stream("plain", "none")),
        ...counted.mlp(c, stream("plain", "none")),
        ...counted.selfAttention(c, stream("told", "none")),
        ...counted.crossAttention(c, stream("told", "none"), words, true),
        ...counted.mlp(c, stream("told", "none")),
        ...counted.modulation(c, "blocks.*.zero.adaLN_modulation", 6, c.depth),
        ...counted.selfAttention(c, stream("zero", gated)),
        ...counted.mlp(c, stream("zero", gated)),
        counted.under(
          "blocks.*.single",
          "modulation",
          c.depth,
        )("scale_shift_table", {
          ...{ kind: "table", role: "modulation", entries: 6, width: c.width, trainable: true },
        }),
        ...counted.selfAttention(c, stream("single", gated)),
        ...counted.crossAttention(c, stream("single", gated), words, false),
        ...counted.mlp(c, stream("single", gated)),
        ...streams.flatMap((each) => [
          ...counted.modulation(c, `${each.prefix}.adaLN_modulation`, 6, c.depth),
          ...counted.queryKeyValue(c, each),
          ...counted.attentionOutput(c, each),
          ...counted.mlp(c, each),
        ]),
        counted.attentionProducts(c, "blocks.*.joint", c.imageTokens + words, c.depth),
        ...counted.modulation(c, "final_layer.adaLN_modulation", 2),
        ...counted.finalNorm(c, true),
        counted.finalLinear(c),
      ];
    },
  },
  trunk: {
    runs: true,
    specs: (c) => ({
      t_embedder: timeSpecs(c),
      t_block: modulationSpecs(c.width, 6),
      context_embedder: linearSpec("contextEmbedding", c.context.kind === "features" ? c.context.dim : 1, c.width),
      rounds: Array.from({ length: c.depth }, (_, i) => ({
        plain: inContextBlockSpecs(c, i),
        told: crossAttentionBlockSpecs(c, i),
        zero: adaLNBlockSpecs(c, i, 6),
        single: adaLNSingleBlockSpecs(c, i),
        // The context goes on to the next round, but of the last, and every round reads it as it came.
        joint: jointBlockSpecs({ ...c, depth: c.depth + 1 }, i),
      })),
      final_layer: finalLayerSpecs(c),
    }),
    forward(params, inputs, config, run) {
      const vector = embedTime(params.t_embedder, inputs.time);
      const shared = modulation(params.t_block, vector);
      const first: Streams = { context: embedContext(params, inputs.context)!, image: inputs.image };
      const round = (blocks: Round, { context, image }: Streams, at: Parameters<typeof jointBlock>[4]): Streams => {
        const told = { tokens: context, lengths: undefined };
        const plain = inContextBlock(blocks.plain, image, undefined, config, at);
        const crossed = crossAttentionBlock(blocks.told, plain, told, config, at);
        const zero = adaLNBlock(blocks.zero, crossed, { vector, branches: gatedBranches }, config, at);
        const single = adaLNSingleBlock(blocks.single, zero, { told, shared }, config, at);
        return jointBlock(blocks.joint, { context, image: single }, { vector, lengths: undefined }, config, at);
      };
      const { context, image } = runBlocks(params.rounds, first, round, run, "rounds");
      return finalLayer(params.final_layer, image, vector).add(context.mean([1, 2], { keepDims: true }));
    },
  },
});

const config: DitConfig = {
  ...{ image: { height: 4, width: 4, channels: 2 }, patch: 2, width: 16, depth: 2, heads: 2 },
  ...{ conditioning: "rounds", context: { kind: "features", tokens: 3, dim: 5 } },
};

test("a trunk of every block of this package, from outside, is built as it is counted, with experts too", async () => {
  addConditioning(rounds);
  await checkCounted(config);
  await checkCounted({ ...config, qkNorm: "rms", experts: { count: 3, active: 2, capacity: 0.8, every: 2 } });
});

test("it trains, with checkpoints and stochastic depth, and shows what is inside", async () => {
  addConditioning(rounds);
  const device = await createDevice("wasm");
  const params = await perturbed(config, device);
  const [x, told] = [random.normal(random.key(1), [4, 2, 4, 4]), random.normal(random.key(2), [4, 3, 5])];
  const t = device.tensor([0.3, 0.6, 0.1, 0.8]);
  const gradientOf = async (options: DitOptions) => {
    const names = new Set<string>();
    const onActivation = (name: string): undefined => {
      names.add(name);
    };
    const loss = (p: typeof params): Tensor =>
      meanSquaredError(dit(config, options).apply(p, x, t, told, { key: random.key(3), onActivation }), x);
    const { gradient } = valueAndGrad(loss)(params);
    device.evaluate(gradient);
    const leaves = Object.values(namedParams(gradient)).map(async (leaf) => Array.from(await leaf.data()));
    return { names, leaves: await Promise.all(leaves) };
  };
  const [plain, lean] = [
    await gradientOf({ dropPath: 0.2 }),
    await gradientOf({ dropPath: 0.2, checkpointing: "blocks" }),
  ];
  expect(lean.leaves).toEqual(plain.leaves);
  expect(plain.leaves.every((leaf) => leaf.some((value) => value !== 0))).toBe(true);
  for (const name of ["rounds.0.attn", "rounds.1.cross_attn", "rounds.1.x_block.mlp", "rounds.0.context_block"])
    expect(plain.names).toContain(name);
});

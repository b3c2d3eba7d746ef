import { architectures, conditionings, type DitConfig, parameters, resolve } from "@isoflop/flops";
import {
  finalLinear,
  finalNorm,
  linear,
  mlp,
  patchEmbedding,
  selfAttention,
  timeEmbedding,
  under,
} from "@isoflop/flops/building-blocks";
import { concat, createDevice, linear as project, random, slice, type Tensor } from "@isoflop/tensor";
import { expect, it } from "vitest";
import {
  type Attention,
  affineNorm,
  attend,
  attentionSpecs,
  embedTime,
  feedForward,
  type Linear,
  linearSpec,
  type Mlp,
  mlpSpecs,
  type Norm,
  normSpec,
  readoutSpecs,
  type TimeEmbedder,
  timeSpecs,
} from "../src/building-blocks.js";
import { addConditioning, checkCounted, defineConditioning, dit, trunks } from "../src/index.js";

interface Params {
  readonly t_embedder: TimeEmbedder;
  readonly lift: Linear;
  readonly block: { readonly norm1: Norm; readonly attn: Attention; readonly norm2: Norm; readonly mlp: Mlp };
  readonly final_layer: { readonly norm: Norm; readonly linear: Linear };
}

/** One block, applied `depth` times with the same weights, that reads time as a token through a projection. */
const recurrent = (name: string, times: (depth: number) => number, masks = false) =>
  defineConditioning<Params>({
    name,
    architecture: {
      words: "recurrent transformer",
      readsTime: false,
      readsContext: "never",
      takesPooled: false,
      layers: (c) => {
        const rows = c.imageTokens + 1;
        const stream = { prefix: "block", rows, times: times(c.depth), modulation: "none" as const };
        return [
          ...patchEmbedding(c),
          ...timeEmbedding(c),
          under("lift", "timeEmbedding")("", linear(1, c.width, c.width)),
          ...selfAttention(c, stream),
          ...mlp(c, stream),
          ...finalNorm(c, false),
          finalLinear(c),
        ];
      },
    },
    trunk: {
      masks,
      specs: (c) => ({
        t_embedder: timeSpecs(c),
        lift: linearSpec("timeEmbedding", c.width, c.width),
        block: {
          norm1: normSpec("attentionProjections", c.width),
          attn: attentionSpecs(c),
          norm2: normSpec("mlp", c.width),
          mlp: mlpSpecs(c),
        },
        final_layer: { norm: normSpec("finalLayer", c.width), linear: readoutSpecs(c) },
      }),
      forward({ t_embedder, lift, block, final_layer }, { image, time }, { heads }) {
        const [n, , d] = image.shape as [number, number, number];
        const told = embedTime(t_embedder, time).matmul(lift.weight.transpose()).add(lift.bias);
        const x = concat([told.reshape([n, 1, d]), image], 1);
        const attended = x.add(attend(block.attn, affineNorm(x, block.norm1), heads));
        const out = attended.add(feedForward(block.mlp, affineNorm(attended, block.norm2)));
        const normed = affineNorm(slice(out, [null, { start: 1 }]), final_layer.norm);
        return project(normed, final_layer.linear.weight, final_layer.linear.bias);
      },
    },
  });

const config = (conditioning: string, depth = 1): DitConfig => ({
  image: { height: 8, width: 8, channels: 3 },
  patch: 2,
  width: 16,
  depth,
  heads: 2,
  conditioning,
  context: { kind: "words", tokens: 3, vocabulary: 5 },
});

const honest = recurrent("recurrent", () => 1);

it("a conditioning from outside is counted, built and run under its name", async () => {
  expect(() => dit(config("recurrent"))).toThrow(/conditioning is "recurrent"; it must be one of "inContext"/);
  addConditioning(honest);
  addConditioning(honest);
  expect(architectures.names).toContain("recurrent");
  expect(resolve(config("recurrent")).conditioning).toBe("recurrent");
  using device = await createDevice("reference");
  const model = dit(config("recurrent"));
  const params = model.init(random.key(3));
  const x = device.tensor(new Float32Array(2 * 3 * 8 * 8).fill(0.5), [2, 3, 8, 8]) as Tensor;
  const told = device.tensor(new Int32Array(6), [2, 3], "i32") as Tensor;
  const out = model.apply(params, x, device.tensor(Float32Array.of(0.2, 0.7)) as Tensor, told);
  expect(out.shape).toEqual([2, 3, 8, 8]);
  expect((await out.data()).every(Number.isFinite)).toBe(true);
});

it("its count is held to its traced model", async () => {
  addConditioning(honest);
  await checkCounted(config("recurrent"));
  // Counted as if every block had weights of its own, and built with one.
  addConditioning(recurrent("forgetful", (depth) => depth));
  await checkCounted(config("forgetful"));
  await expect(checkCounted(config("forgetful", 2))).rejects.toThrow(
    /the architecture of "forgetful" counts [\d,]+ parameters of attentionProjections, and its model has [\d,]+; correct its layers/,
  );
});

it.each(conditionings)("%s of this package is counted as it is traced, with a mask too", async (conditioning) => {
  for (const masked of [false, true]) {
    await checkCounted({ ...config(conditioning), context: { kind: "features", tokens: 3, dim: 5, masked } });
    await checkCounted({ ...config(conditioning), context: { kind: "words", tokens: 3, vocabulary: 5, masked } });
  }
});

it("a trunk that does not read lengths is refused for masked captions", () => {
  addConditioning(honest);
  const context = { kind: "words", tokens: 3, vocabulary: 5, masked: true } as const;
  expect(() => dit({ ...config("recurrent"), context })).toThrow(
    'context.masked is true; the trunk of "recurrent" does not read lengths.',
  );
  addConditioning(recurrent("attentive", () => 1, true));
  expect(() => dit({ ...config("attentive"), context })).not.toThrow();
});

it("parts that a trunk does not mind are refused by name", () => {
  addConditioning(honest);
  const asked: readonly (readonly [Partial<DitConfig>, string])[] = [
    [{ positions: "rope" }, 'positions is "rope"; the trunk of "recurrent" does not mind "rope".'],
    [{ positions: "sincos+rope" }, 'positions is "sincos+rope"; the trunk'],
    [{ registers: 3 }, 'registers is 3; the trunk of "recurrent" does not mind "registers".'],
    [{ guidance: true }, 'guidance is true; the trunk of "recurrent" does not mind "guidance".'],
    [{ norm: "rms" }, 'norm is "rms"; the trunk of "recurrent" does not mind "rms".'],
  ];
  for (const [part, message] of asked) expect(() => dit({ ...config("recurrent"), ...part })).toThrow(message);
  expect(() => dit({ ...config("recurrent"), mlp: "swiglu", timeFeatures: 8 })).not.toThrow();
});

it("names are taken once, and a count alone is no model", () => {
  addConditioning(honest);
  expect(() => addConditioning(recurrent("recurrent", () => 1))).toThrow(
    'there is a conditioning "recurrent" already; give yours a name of its own',
  );
  expect(() => addConditioning(recurrent("mmDit", () => 1))).toThrow('"mmDit" already');
  architectures.add({ ...honest.architecture, name: "onPaper" });
  expect(parameters(config("onPaper")).trainable).toBe(parameters(config("recurrent")).trainable);
  expect(() => dit(config("onPaper"))).toThrow(
    /"onPaper", which is counted and has no trunk; models are built of inContext/,
  );
  expect(trunks.names).not.toContain("onPaper");
});

import { describe, expect, test } from "vitest";
import {
  backward,
  chinchillaParameters,
  chinchillaTraining,
  conventions,
  evaluate,
  flops,
  forward,
  gptForward,
  gptParameters,
  kaplanForward,
  kaplanParameters,
  type LanguageModel,
  llmFoundryTraining,
  macs,
  palmTraining,
  paperLaws,
  parameters,
  presets,
  sixND,
  training,
} from "../src/index.js";
import { configOf, entries, entry, type ReferenceEntry } from "./reference.js";

test("the reference file has the 25 entries these tests cover", () => {
  const count = (wanted: string) => entries.filter(({ kind }) => kind === wanted).length;
  expect(entries).toHaveLength(25);
  expect(["dit", "third-party", "lm", "law"].map(count)).toEqual([9, 1, 11, 4]);
});

const paths: Readonly<Record<string, string>> = {
  patch_embed: "x_embedder.proj",
  t_mlp1: "t_embedder.mlp.0",
  t_mlp2: "t_embedder.mlp.2",
  context_proj: "context_embedder",
  modulation: "blocks.*.adaLN_modulation.1",
  qkv: "blocks.*.attn.qkv",
  qk: "blocks.*.attn.scores",
  av: "blocks.*.attn.values",
  proj: "blocks.*.attn.proj",
  xq: "blocks.*.cross_attn.q_linear",
  xkv: "blocks.*.cross_attn.kv_linear",
  xqk: "blocks.*.cross_attn.scores",
  xav: "blocks.*.cross_attn.values",
  xproj: "blocks.*.cross_attn.proj",
  fc1: "blocks.*.mlp.fc1",
  fc2: "blocks.*.mlp.fc2",
  final_modulation: "final_layer.adaLN_modulation.1",
  final: "final_layer.linear",
};

describe.each(entries.filter(({ kind }) => kind === "dit"))("$id", (e: ReferenceEntry) => {
  const config = configOf(e);

  test("forward, training and both backward rules to the integer", () => {
    expect(macs(forward(config))).toBe(e.forward_macs_gemm);
    expect(flops(forward(config))).toBe(e.forward_flops_gemm);
    expect(flops(training(config, conventions.threeTimes).total)).toBe(e.training_flops_3x);
    expect(backward(config).total).toBe(e.backward_flops_unfused);
    expect(backward(config, conventions.torch).total).toBe(e.backward_flops_fused_attention);
    expect(forward(config, conventions.thop).total).toBe(e.forward_macs_thop);
  });

  test("every line of the breakdown", () => {
    const ours = forward(config).lines.map(({ path, value }) => [path, value / 2]);
    const theirs = Object.entries(e.breakdown_macs).map(([name, value]) => [paths[name], value]);
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs));
  });
});

test.each(entries.filter(({ kind, params }) => kind === "dit" && params !== undefined))("$id parameters", (e) => {
  const n = parameters(configOf(e));
  const theirs = e.params as Readonly<Record<string, number>>;
  expect(n.all).toBe(theirs.total_with_pos_embed);
  expect(n.trainable).toBe(theirs.trainable);
  expect(n.parts.timeEmbedding).toBe(theirs.t_embedder);
  expect(n.parts.contextEmbedding).toBe(theirs.y_embedder);
  expect(n.parts.patchEmbedding).toBe(theirs.x_embedder);
});

/** The DiT paper prints two decimals of "Gflops". */
test.each(entries.filter(({ published_gflops_as_macs }) => published_gflops_as_macs !== undefined))(
  "$id prints the paper's number",
  (e) => {
    const ours = forward(configOf(e), conventions.paper2023).total / 1e9;
    const printed = e.published_gflops_as_macs as number;
    expect(Math.abs(ours - printed)).toBeLessThan(Math.max(0.0065, 1e-4 * printed));
  },
);

test("thop's 28.8 for XL/4 is the count without attention products", () => {
  const e = entry("thop/XL-4");
  const ours = forward(presets["DiT-XL/4"], conventions.thop).total;
  expect(ours).toBe(e.ours);
  expect((ours / 1e9).toFixed(1)).toBe(String(e.value_gmacs));
});

const gpt2: LanguageModel = { depth: 12, width: 768, mlpWidth: 3072, heads: 12, sequence: 1024, vocabulary: 50257 };

test("GPT-2 small as nanoGPT, PaLM and llm-foundry count it", () => {
  const e = entry("lm/gpt2-small/nanogpt");
  expect(gptParameters(gpt2)).toBe(e.params);
  expect(gptForward(gpt2)).toBe(e.forward_flops);
  expect(3 * gptForward(gpt2)).toBe(e.train_flops);
  const withoutPositions = gptParameters(gpt2) - gpt2.sequence * gpt2.width;
  expect(palmTraining(gpt2, withoutPositions)).toBe(e.palm_train_flops);
  const foundry = entry("lm/llm-foundry/gpt2-small");
  expect(llmFoundryTraining(gpt2, gptParameters(gpt2))).toBe(foundry.train_flops);
});

test("Kaplan's table 1", () => {
  const e = entry("lm/kaplan/12x768");
  expect(kaplanParameters(gpt2)).toBe(e.N_non_embedding);
  expect(kaplanForward(gpt2)).toBe(e.forward_flops_per_token);
});

test.each(entries.filter(({ id }) => id.startsWith("lm/chinchilla")))("$id", (e) => {
  const c = e.config;
  const model: LanguageModel = {
    depth: c.n_layer!,
    width: c.d_model!,
    mlpWidth: c.ffw!,
    heads: c.n_head!,
    sequence: c.seq!,
    vocabulary: c.vocab!,
  };
  const n = chinchillaParameters(model);
  const work = chinchillaTraining(model, false);
  expect(n).toBe(e.params);
  expect(work).toBe(e.train_flops_per_sequence_no_embed);
  expect(chinchillaTraining(model)).toBe(e.train_flops_per_sequence_with_embed_and_logits);
  expect(work / sixND(n, model.sequence)).toBeCloseTo(e.ratio_to_6ND as number, 14);
  expect((work / sixND(n, model.sequence)).toFixed(2)).toBe(String(e.published_ratio));
});

test.each(entries.filter(({ six_nd }) => six_nd !== undefined))("$id by 6ND", (e) => {
  const ours = sixND(e.params as number, e.tokens as number);
  expect(ours).toBe(e.six_nd);
  expect(Math.abs(ours / (e.published_flops as number) - 1)).toBeLessThan(0.003);
});

test.each(entries.filter(({ kind }) => kind === "law"))("$id", (e) => {
  const compute = e.C as number;
  const expected = { parameters: e.N_opt, tokens: e.D_opt, loss: e.loss, fid: e.fid } as Record<string, number>;
  for (const [name, law] of Object.entries(paperLaws)) {
    expect(evaluate(law, compute) / expected[name]!).toBeCloseTo(1, 13);
  }
  const ratio = sixND(evaluate(paperLaws.parameters, compute), evaluate(paperLaws.tokens, compute)) / compute;
  expect(ratio).toBeCloseTo(e.six_nd_over_c as number, 12);
});

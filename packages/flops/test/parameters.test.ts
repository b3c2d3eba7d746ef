import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type DitConfig, type PresetName, parameters, presets, tokensPerSample } from "../src/index.js";
import { anyConfig } from "./models.js";

interface Official {
  readonly counts: Readonly<Record<string, { readonly parameters: number; readonly trainable: number }>>;
  readonly shapes: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
}

const official: Official = JSON.parse(readFileSync(new URL("./fixtures/official.json", import.meta.url), "utf8"));

/** Numbers in the official tensors, `frozen` ones (buffers, fixed positions) left out. */
const size = (model: string, ...frozen: readonly string[]) =>
  Object.entries(official.shapes[model]!)
    .filter(([name]) => !frozen.includes(name))
    .reduce((total, [, shape]) => total + shape.reduce((n, side) => n * side, 1), 0);

test.each(Object.entries(official.counts))("%s has the official counts", (name, { parameters: all, trainable }) => {
  const ours = parameters(presets[name as PresetName]);
  expect([ours.all, ours.trainable]).toEqual([all, trainable]);
});

const small = { image: { height: 8, width: 8, channels: 4 }, patch: 2 } as const;
const context = (tokens: number, dim: number) => ({ kind: "features", tokens, dim }) as const;

test("the official DiT at tiny size", () => {
  const config: DitConfig = {
    ...small,
    width: 48,
    depth: 3,
    heads: 4,
    outChannels: 8,
    conditioning: "adaLNZero",
    context: { kind: "classes", classes: 10 },
  };
  expect(parameters(config).all).toBe(size("dit_tiny"));
});

test("the in-context transformer at tiny size", () => {
  const config: DitConfig = {
    ...small,
    width: 32,
    depth: 2,
    heads: 2,
    conditioning: "inContext",
    context: context(5, 12),
  };
  expect(parameters(config).all).toBe(size("in_context_tiny"));
});

test("PixArt at tiny size: positions and the null caption are buffers", () => {
  const config: DitConfig = {
    ...small,
    width: 32,
    depth: 2,
    heads: 4,
    outChannels: 8,
    conditioning: "adaLNSingle",
    context: context(6, 20),
  };
  expect(parameters(config).trainable).toBe(size("pixart_tiny", "pos_embed", "y_embedder.y_embedding"));
});

test("one more MM-DiT block adds one official joint block", () => {
  const config = (depth: number): DitConfig => ({
    ...small,
    width: 48,
    depth,
    heads: 4,
    mlpRatio: 2,
    qkNorm: "rms",
    conditioning: "mmDit",
    context: context(5, 7),
  });
  const { trainable: three } = parameters(config(3));
  expect(three - parameters(config(2)).trainable).toBe(size("mmdit_block"));
});

test("published text-to-image models", () => {
  expect(parameters(presets["PixArt-XL/2"]).trainable).toBe(610_856_096);
  expect(parameters(presets["SD3-medium"]).trainable).toBe(2_028_328_000);
});

test("each set of parameters holds the next, and the parts make up the trainable ones", () => {
  fc.assert(
    fc.property(anyConfig, (config) => {
      const n = parameters(config);
      expect(n.all).toBeGreaterThanOrEqual(n.trainable);
      expect(n.trainable).toBeGreaterThanOrEqual(n.nonEmbedding);
      expect(n.nonEmbedding - n.withoutModulation).toBeLessThanOrEqual(n.parts.modulation ?? 0);
      expect(Object.values(n.parts).reduce((a, b) => a + b, 0)).toBe(n.trainable);
      const frozen = config.positions?.startsWith("sincos") ?? true;
      expect(n.all - n.trainable).toBe(frozen ? tokensPerSample(config) * config.width : 0);
    }),
    { seed: 2 },
  );
});

test("D with and without text tokens", () => {
  const config: DitConfig = {
    ...small,
    width: 32,
    depth: 2,
    heads: 2,
    conditioning: "inContext",
    context: context(5, 12),
  };
  const all = (conditioning: DitConfig["conditioning"]) => tokensPerSample({ ...config, conditioning }, "all");
  expect(tokensPerSample(config)).toBe(16);
  const kinds = ["inContext", "crossAttention", "adaLNSingle", "mmDit", "adaLN"] as const;
  expect(kinds.map(all)).toEqual([22, 22, 21, 21, 16]);
  expect(tokensPerSample({ ...config, time: "added" }, "all")).toBe(21);
});

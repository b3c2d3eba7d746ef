import { describe, expect, test } from "vitest";
import {
  canonicalConfig,
  conditionings,
  type DitConfig,
  FlopsError,
  forward,
  layers,
  parameters,
  presets,
  resolve,
  rotaryWidths,
  savedActivations,
  tokensPerSample,
  training,
} from "../src/index.js";

const base: DitConfig = {
  image: { height: 16, width: 16, channels: 3 },
  patch: 2,
  width: 48,
  depth: 3,
  heads: 2,
  conditioning: "adaLNZero",
  context: { kind: "classes", classes: 10 },
};
const cross: DitConfig = { ...base, conditioning: "crossAttention" };
const n = (config: DitConfig): number => parameters(config).trainable;

/** "LightningDiT Parameters: 675.26M" (`hustvl/LightningDiT: docs/log.txt`), positions among them. */
test("LightningDiT-XL/1 has its published count with the scales of its norms", () => {
  const ours = parameters(presets["LightningDiT-XL/1"]);
  // Two norms of each block and the last one have a scale there, which the modulation after them can take in.
  const scales = (2 * 28 + 1) * 1152;
  expect(((ours.all + scales) / 1e6).toFixed(2)).toBe("675.26");
  expect(resolve(presets["LightningDiT-XL/1"]).mlpWidth).toBe(3072);
});

describe("what a part adds", () => {
  test("RMS norms have no shift, where a norm is affine", () => {
    // Three norms of each block and the last one.
    expect(n(cross) - n({ ...cross, norm: "rms" })).toBe((3 * 3 + 1) * 48);
    expect(n({ ...base, norm: "rms" })).toBe(n(base));
    expect(training({ ...cross, norm: "rms" })).toEqual(training(cross));
  });

  test("SwiGLU has the weights and products of the other MLP, and the biases of two halves", () => {
    const swiglu: DitConfig = { ...base, mlp: "swiglu" };
    const hidden = 4 * 48;
    expect(n(swiglu) - n(base)).toBe(3 * ((4 * hidden) / 3 - hidden));
    expect(forward(swiglu)).toMatchObject({ total: forward(base).total });
    expect(resolve({ ...swiglu, mlpRatio: 2.5 }).mlpWidth).toBe(80);
    expect(resolve({ ...swiglu, width: 16, mlpRatio: 2.5 }).mlpWidth).toBe(26);
  });

  test("turning costs no product, no parameter and no memory of its own", () => {
    const rope: DitConfig = { ...base, positions: "rope" };
    const both: DitConfig = { ...base, positions: "sincos+rope" };
    expect(forward(both)).toEqual(forward(base));
    expect(parameters(both)).toEqual(parameters(base));
    expect(savedActivations(both)).toBe(savedActivations(base));
    expect(parameters(rope)).toEqual({ ...parameters(base), all: n(base) });
    const turned = layers({ ...both, conditioning: "inContext" }).find(({ path }) => path === "blocks.*.attn.rope");
    expect(turned?.operation).toMatchObject({ role: "rotate", elements: 2 * 64 * 48 });
  });

  test.each(conditionings)("registers of %s are tokens of every block, and embeddings", (conditioning) => {
    const config: DitConfig = { ...base, conditioning, context: { kind: "words", tokens: 3, vocabulary: 5 } };
    const registers: DitConfig = { ...config, registers: 4 };
    expect(n(registers) - n(config)).toBe(4 * 48);
    expect(parameters(registers).nonEmbedding).toBe(parameters(config).nonEmbedding);
    expect(tokensPerSample(registers)).toBe(tokensPerSample(config));
    expect(tokensPerSample(registers, "all")).toBe(tokensPerSample(config, "all") + 4);
    const words: DitConfig = { ...config, context: { kind: "words", tokens: 7, vocabulary: 5 } };
    // Among the tokens of one sequence they are what as many words are.
    if (conditioning === "inContext" || conditioning === "mmDit")
      expect(training(registers).total.total).toBe(training(words).total.total);
    else expect(forward(registers).total).toBeGreaterThan(forward(config).total);
  });

  test("guidance is a second embedding of time", () => {
    const guided: DitConfig = { ...base, guidance: true, timeFeatures: 64 };
    const embedding = 64 * 48 + 48 + 48 * 48 + 48;
    expect(n(guided) - n({ ...base, timeFeatures: 64 })).toBe(embedding);
    expect(n(base) - n({ ...base, timeFeatures: 64 })).toBe((256 - 64) * 48);
    expect(forward(guided).total - forward({ ...base, timeFeatures: 64 }).total).toBe(2 * (64 * 48 + 48 * 48));
  });

  test("norms of cross-attention are two scales of a head's width per block", () => {
    const rms = n({ ...cross, qkNorm: "rms" });
    expect(n({ ...cross, qkNorm: "rms+cross" }) - rms).toBe(3 * 2 * 24);
    expect(rms - n(cross)).toBe(3 * 2 * 24);
  });

  test("frames multiply tokens, and frames of a patch divide them", () => {
    const video = (frames: number, patchFrames?: number): DitConfig => ({
      ...{ ...base, image: { ...base.image, frames } },
      ...(patchFrames !== undefined && { patchFrames }),
    });
    expect(resolve(base).grid).toEqual({ frames: 1, rows: 8, columns: 8 });
    expect(tokensPerSample(video(6))).toBe(6 * 64);
    expect(tokensPerSample(video(6, 3))).toBe(2 * 64);
    expect(forward(video(1))).toEqual(forward(base));
    // Patches of twice the frames have twice the weights at both ends, and one bias of their own.
    expect(n(video(6, 2)) - n(video(6))).toBe(3 * 4 * 48 + 3 * 4 * 49);
    expect(parameters(video(6, 2)).all - n(video(6, 2))).toBe(3 * 64 * 48);
  });
});

test("the channels of a head are shared out among the axes as published", () => {
  const [image, video] = [{ frames: 1 }, { frames: 16 }];
  // LightningDiT-XL; HunyuanVideo.
  expect(rotaryWidths(72, image)).toEqual({ frames: 0, rows: 36, columns: 36 });
  expect(rotaryWidths(128, video)).toEqual({ frames: 16, rows: 56, columns: 56 });
  for (let head = 8; head <= 256; head += 4) {
    const widths = Object.values(rotaryWidths(head, video));
    expect(widths.reduce((a, b) => a + b)).toBe(head);
    expect(widths.every((width) => width > 0 && width % 2 === 0)).toBe(true);
  }
});

test("what is at its default is left unsaid, and what is not is said", () => {
  const all: DitConfig = {
    ...{ ...cross, image: { ...base.image, frames: 4 }, patchFrames: 2, norm: "rms", mlp: "swiglu", registers: 2 },
    ...{ guidance: true, timeFeatures: 64, positions: "sincos+rope", qkNorm: "rms+cross" },
  };
  expect(canonicalConfig(all)).toEqual({ ...all, mlpRatio: 4, outChannels: 3 });
  expect(canonicalConfig(canonicalConfig(all))).toEqual(canonicalConfig(all));
  const one: DitConfig = { ...all, patchFrames: 1 };
  expect(canonicalConfig(one)).not.toHaveProperty("patchFrames");
});

/** A config file can hold anything, so the types are set aside. */
test.each<[string, object, RegExp]>([
  ["an unknown norm", { norm: "batch" }, /norm is "batch"; it must be one of "layer", "rms"/],
  ["no norm at all", { norm: null }, /norm is null/],
  ["an unknown MLP", { mlp: "relu" }, /mlp is "relu"; it must be one of "gelu", "swiglu"/],
  ["SwiGLU of no width", { mlp: "swiglu", mlpRatio: 1 / 48 }, /floor\(2\/3 · width · mlpRatio\) is 0/],
  ["unknown positions", { positions: "alibi" }, /one of "sincos", "learned", "rope", "sincos\+rope"/],
  [
    "RoPE in odd pairs",
    { positions: "rope", heads: 8 },
    /heads is 8 and width 48, so a head is 6 wide; rope needs heads of a multiple of 4/,
  ],
  ["RoPE in a head of 2", { positions: "sincos+rope", heads: 24 }, /a head is 2 wide/],
  [
    "RoPE of three axes in a head of 4",
    { positions: "rope", heads: 12, image: { ...base.image, frames: 2 } },
    /a head is 4 wide; rope needs heads of a multiple of 4 of at least 8 \(pairs of frame, row and column\)/,
  ],
  ["registers below 0", { registers: -1 }, /registers is -1; it must be an integer of at least 0/],
  ["half a register", { registers: 1.5 }, /registers is 1.5/],
  ["odd features of time", { timeFeatures: 255 }, /timeFeatures is 255; it must be even/],
  ["no features of time", { timeFeatures: 0 }, /timeFeatures is 0; it must be an integer of at least 1/],
  ["guidance that is no choice", { guidance: false }, /guidance is false; it must be true, or left out/],
  ["a scale of guidance", { guidance: 3.5 }, /guidance is 3.5/],
  [
    "frames of a patch without frames",
    { patchFrames: 2 },
    /patchFrames is 2; it is for videos, and image.frames is not given/,
  ],
  ["no frames", { image: { ...base.image, frames: 0 } }, /image.frames is 0; it must be an integer of at least 1/],
  [
    "frames that a patch does not divide",
    { image: { ...base.image, frames: 5 }, patchFrames: 2 },
    /patchFrames is 2; it must divide image.frames, 5/,
  ],
  ["patches of half a frame", { image: { ...base.image, frames: 4 }, patchFrames: 0.5 }, /patchFrames is 0.5/],
  [
    "an unknown norm of queries",
    { qkNorm: "layer" },
    /qkNorm is "layer"; it must be one of "none", "rms", "rms\+cross"/,
  ],
  [
    "a norm of cross-attention where there is none",
    { qkNorm: "rms+cross" },
    /qkNorm is "rms\+cross"; crossAttention, adaLNSingle have cross-attention, and adaLNZero has none/,
  ],
])("%s", (_, change, message) => {
  const wrong = { ...base, ...change } as DitConfig;
  expect(() => resolve(wrong)).toThrow(FlopsError);
  expect(() => resolve(wrong)).toThrow(message);
});

import { expertBlocks, expertSlots, type ResolvedExperts } from "./experts.js";
import { type Layer, linear, norm, pointwise, under } from "./layers.js";
import type { Operation } from "./operations.js";
import { isRotary, type Resolved } from "./resolved.js";

/** How a branch of a block is conditioned: by a norm of its own, by shift and scale, or by those and a gate. */
export type Modulation = "none" | "shiftScale" | "shiftScaleGate";

/** One stream of `rows` tokens through `times` blocks; `prefix` is its path. */
export interface Stream {
  readonly prefix: string;
  readonly rows: number;
  /** How many of them are image tokens, whose queries and keys turn under RoPE. Default 0. */
  readonly imageRows?: number;
  readonly times: number;
  readonly modulation: Modulation;
}

/** The stream of image tokens and registers through all blocks. */
export const blockStream = (c: Resolved, modulation: Modulation): Stream => ({
  prefix: "blocks.*",
  rows: c.registers + c.imageTokens,
  imageRows: c.imageTokens,
  times: c.depth,
  modulation,
});

/** Modulated norms carry no scale or shift of their own: the modulation supplies them. */
const normed = (c: Resolved, stream: Stream, name: string, part: Layer["part"]): Layer[] => {
  const { prefix, rows, times, modulation } = stream;
  const at = under(prefix, part, times);
  const plain = at(name, norm("block", rows, c.width, modulation === "none", c.norm));
  return modulation === "none" ? [plain] : [plain, at(`${name}.modulate`, pointwise("modulate", rows * c.width))];
};

/** The root-mean-square norm of queries or keys, one scale for all heads. */
const headNorm = (c: Resolved, rows: number): Operation => ({
  kind: "norm",
  role: "queryKey",
  rows,
  width: c.width,
  parameters: c.width / c.heads,
});

const joined = ({ prefix, rows, times, modulation }: Stream, name: string, part: Layer["part"], d: number): Layer[] => {
  const at = under(prefix, part, times);
  const sum = at(`${name}.residual`, pointwise("residual", rows * d));
  return modulation === "shiftScaleGate" ? [at(`${name}.gate`, pointwise("gate", rows * d)), sum] : [sum];
};

/** Norm and the one (3d, d) projection to queries, keys and values. */
export const queryKeyValue = (c: Resolved, stream: Stream): Layer[] => {
  const part = "attentionProjections";
  const at = under(stream.prefix, part, stream.times);
  const { rows, imageRows = 0 } = stream;
  const headNorms = ["attn.ln_q", "attn.ln_k"].map((name) => at(name, headNorm(c, rows)));
  return [
    ...normed(c, stream, "norm1", part),
    at("attn.qkv", linear(rows, c.width, 3 * c.width)),
    ...(c.qkNorm === "none" ? [] : headNorms),
    ...(isRotary(c) && imageRows > 0 ? [at("attn.rope", pointwise("rotate", 2 * imageRows * c.width))] : []),
  ];
};

/** Output projection of attention and its way back into the stream. */
export const attentionOutput = (c: Resolved, stream: Stream): Layer[] => [
  under(stream.prefix, "attentionProjections", stream.times)("attn.proj", linear(stream.rows, c.width, c.width)),
  ...joined(stream, "attn", "attentionProjections", c.width),
];

/** Q Kᵀ and its product with V among `tokens` tokens. */
export const attentionProducts = (c: Resolved, prefix: string, tokens: number, times: number): Layer =>
  under(
    prefix,
    "attentionProducts",
    times,
  )("attn", {
    kind: "attention",
    queries: tokens,
    keys: tokens,
    width: c.width,
    heads: c.heads,
  });

export const selfAttention = (c: Resolved, stream: Stream): Layer[] => {
  const products = attentionProducts(c, stream.prefix, stream.rows, stream.times);
  return [...queryKeyValue(c, stream), products, ...attentionOutput(c, stream)];
};

/** Image tokens attend to `keys` context tokens. PixArt has no norm before it, DiT has one. */
export const crossAttention = (c: Resolved, stream: Stream, keys: number, normBefore: boolean): Layer[] => {
  const { rows, times, prefix } = stream;
  const d = c.width;
  const at = under(prefix, "crossAttentionProjections", times);
  const product = under(prefix, "crossAttentionProducts", times);
  return [
    ...(normBefore ? [at("norm_cross", norm("cross", rows, d, true, c.norm))] : []),
    at("cross_attn.q_linear", linear(rows, d, d)),
    at("cross_attn.kv_linear", linear(keys, d, 2 * d)),
    ...(c.qkNorm === "rms+cross"
      ? [at("cross_attn.q_norm", headNorm(c, rows)), at("cross_attn.k_norm", headNorm(c, keys))]
      : []),
    product("cross_attn", { kind: "attention", queries: rows, keys, width: d, heads: c.heads }),
    at("cross_attn.proj", linear(rows, d, d)),
    at("cross_attn.residual", pointwise("residual", rows * d)),
  ];
};

/**
 * Linear–GELU–Linear over `rows` tokens, or SwiGLU: SiLU of one half of a Linear times the other, and a Linear. `prefix` is the path of the MLP
 * itself.
 */
const feedForward = (c: Resolved, { prefix, rows, times }: Pick<Stream, "prefix" | "rows" | "times">): Layer[] => {
  const at = under(prefix, "mlp", times);
  const [d, hidden] = [c.width, c.mlpWidth];
  const act = at("act", pointwise("activation", rows * hidden));
  if (c.mlp === "gelu") return [at("fc1", linear(rows, d, hidden)), act, at("fc2", linear(rows, hidden, d))];
  const product = at("product", { ...pointwise("gate", rows * hidden), operands: 2 });
  return [at("w12", linear(rows, d, 2 * hidden)), act, product, at("w3", linear(rows, hidden, d))];
};

/** A router without a bias, experts that work on all the tokens they have room for, and the gates of those that a token goes through. */
const mixture = (c: Resolved, experts: ResolvedExperts, stream: Stream): Layer[] => {
  const { prefix, rows, times } = stream;
  const { count, active } = experts;
  const at = under(prefix, "mlp", times);
  const ofExperts = (copies: number, tokens: number) =>
    feedForward(c, { prefix: `${prefix}.mlp.experts.*`, rows: tokens, times: copies * times });
  const ideal = ofExperts(active, rows);
  return [
    at("mlp.router", { ...linear(rows, c.width, count), bias: false }),
    at("mlp.router.softmax", pointwise("activation", rows * count)),
    ...ofExperts(count, expertSlots(experts, rows)).map((layer, i) => ({ ...layer, active: ideal[i]! })),
    at("mlp.router.gates", pointwise("gate", active * rows * c.width)),
  ];
};

/** The MLP over every token of the stream, or the mixture of experts of the blocks that have one, with the norm before it and its way back. */
export const mlp = (c: Resolved, stream: Stream): Layer[] => {
  const { prefix, times } = stream;
  const mixed = expertBlocks(c.experts, times);
  return [
    ...normed(c, stream, "norm2", "mlp"),
    ...(mixed < times ? feedForward(c, { ...stream, prefix: `${prefix}.mlp`, times: times - mixed }) : []),
    ...(mixed > 0 ? mixture(c, c.experts!, { ...stream, times: mixed }) : []),
    ...joined(stream, "mlp", "mlp", c.width),
  ];
};

/** SiLU–Linear from the conditioning vector to `count` modulation vectors, once per sample. */
export const modulation = (c: Resolved, prefix: string, count: number, times = 1): Layer[] => {
  const at = under(prefix, "modulation", times);
  return [at("0", pointwise("activation", c.width)), at("1", linear(1, c.width, count * c.width))];
};

/** Final norm, modulated by shift and scale or with an affine of its own. */
export const finalNorm = (c: Resolved, modulated: boolean): Layer[] => {
  const at = under("final_layer", "finalLayer");
  const plain = at("norm", norm("final", c.imageTokens, c.width, !modulated, c.norm));
  return modulated ? [plain, at("norm.modulate", pointwise("modulate", c.imageTokens * c.width))] : [plain];
};

import type { ResolvedConfig } from "@isoflop/flops";
import { attention, linear, split, type Tensor } from "@isoflop/tensor";
import { cutBy, type HeadNorm, type Heads, headNormed, headNormSpec } from "./block.js";
import type { Initializer } from "./initializers.js";
import { type Linear, linearSpec, type SpecsOf } from "./spec.js";

/** PixArt's MultiHeadCrossAttention. */
export interface CrossAttention {
  readonly q_linear: Linear;
  /** One (2d, d) matrix: rows of keys, then values, each split by head. */
  readonly kv_linear: Linear;
  readonly proj: Linear;
  /** Norms of queries and keys per head, under Sana's names (arXiv 2410.10629). */
  readonly q_norm?: HeadNorm;
  readonly k_norm?: HeadNorm;
}

/** `out` is the init of the output projection, Xavier unless told. */
export const crossAttentionSpecs = (config: ResolvedConfig, out?: Initializer): SpecsOf<CrossAttention> => {
  const { width, qkNorm } = config;
  const part = "crossAttentionProjections";
  const normed = qkNorm === "rms+cross";
  return {
    q_linear: linearSpec(part, width, width),
    kv_linear: linearSpec(part, width, 2 * width),
    proj: linearSpec(part, width, width, out),
    ...(normed && { q_norm: headNormSpec(config, part), k_norm: headNormSpec(config, part) }),
  };
};

/** What is attended to: [n, X, d], of which only the first `lengths`, i32 [n], count where those are given. */
export interface Told {
  readonly tokens: Tensor;
  readonly lengths: Tensor | undefined;
}

/** Tokens x [n, T, d] attend to what they are told. */
export const attendTo = (params: CrossAttention, x: Tensor, told: Told, by: Heads): Tensor => {
  const { heads, options } = cutBy(by, told.lengths);
  const { q_linear, kv_linear, proj, q_norm, k_norm } = params;
  const byHead = (y: Tensor): Tensor => y.reshape([y.shape[0]!, y.shape[1]!, heads, y.shape[2]! / heads]);
  const q = linear(x, q_linear.weight, q_linear.bias);
  const [k, v] = split(linear(told.tokens, kv_linear.weight, kv_linear.bias), 2, 2) as [Tensor, Tensor];
  const [queries, keys] = [headNormed(byHead(q), q_norm), headNormed(byHead(k), k_norm)];
  const mixed = attention(queries, keys, byHead(v), options);
  return linear(mixed.reshape(x.shape), proj.weight, proj.bias);
};

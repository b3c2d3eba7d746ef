import type { NormKind, Part, ResolvedConfig } from "@isoflop/flops";
import { attention, gelu, layerNorm, linear, rmsNorm, split, type Tensor } from "@isoflop/tensor";
import { type Rotation, rotate } from "./rotary.js";
import { type Linear, linearSpec, type Norm, Spec, type SpecsOf } from "./spec.js";
import { type SwiGlu, swiGlu, swiGluSpecs } from "./swiglu.js";

/** DiT's, where PyTorch's own default is 1e-5. */
export const eps = 1e-6;

/** Scale of the root-mean-square norm of a head's queries or keys, [head width]. */
export interface HeadNorm {
  readonly weight: Tensor;
}

export interface QueryKeyValue {
  /** One (3d, d) matrix: rows of queries, keys, values, each split by head. */
  readonly qkv: Linear;
  readonly ln_q?: HeadNorm;
  readonly ln_k?: HeadNorm;
}

export interface Attention extends QueryKeyValue {
  readonly proj: Linear;
}

export interface GeluMlp {
  readonly fc1: Linear;
  readonly fc2: Linear;
}

/** What transforms each token of a block by itself: Linear, GELU, Linear, or SwiGLU. */
export type Mlp = GeluMlp | SwiGlu;

/** How attention is cut into heads, and what queries times keys are multiplied by: of a config. A number of heads has the standard scale. */
export type Heads = number | Pick<ResolvedConfig, "heads" | "attentionScale">;

const part = "attentionProjections";

export const headNormSpec = ({ width, heads }: ResolvedConfig, part: Part): SpecsOf<HeadNorm> => ({
  weight: new Spec([width / heads], { kind: "ones" }, part, "vector"),
});

const headNormSpecs = (config: ResolvedConfig): SpecsOf<Pick<QueryKeyValue, "ln_q" | "ln_k">> =>
  config.qkNorm === "none" ? {} : { ln_q: headNormSpec(config, part), ln_k: headNormSpec(config, part) };

/** Queries or keys x [n, tokens, heads, d / heads], normed where there is a norm. */
export const headNormed = (x: Tensor, norm: HeadNorm | undefined): Tensor =>
  norm ? rmsNorm(x, { weight: norm.weight, eps }) : x;

export const queryKeyValueSpecs = (config: ResolvedConfig): SpecsOf<QueryKeyValue> => ({
  qkv: linearSpec(part, config.width, 3 * config.width),
  ...headNormSpecs(config),
});

export const attentionSpecs = (config: ResolvedConfig): SpecsOf<Attention> => ({
  qkv: linearSpec(part, config.width, 3 * config.width),
  proj: linearSpec(part, config.width, config.width),
  ...headNormSpecs(config),
});

export const mlpSpecs = (config: ResolvedConfig): SpecsOf<Mlp> => {
  const { width, mlpWidth } = config;
  if (config.mlp === "swiglu") return swiGluSpecs(config);
  return { fc1: linearSpec("mlp", width, mlpWidth), fc2: linearSpec("mlp", mlpWidth, width) };
};

/**
 * Queries, keys and values of x [n, tokens, d], each [n, tokens, heads, d / heads]; queries and keys are normed, then turned. Heads are views:
 * nothing is transposed.
 */
export const queryKeyValue = (
  { qkv, ln_q, ln_k }: QueryKeyValue,
  x: Tensor,
  heads: number,
  rotation?: Rotation,
): readonly [q: Tensor, k: Tensor, v: Tensor] => {
  const [n, tokens, d] = x.shape as [number, number, number];
  const [q, k, v] = split(linear(x, qkv.weight, qkv.bias), 3, 2) as [Tensor, Tensor, Tensor];
  const byHead = (y: Tensor): Tensor => y.reshape([n, tokens, heads, d / heads]);
  const placed = (y: Tensor, norm: HeadNorm | undefined) => rotate(headNormed(byHead(y), norm), rotation);
  return [placed(q, ln_q), placed(k, ln_k), byHead(v)];
};

/** The heads of attention, and its options: the scale of a config, and how many keys count where `lengths` are given. */
export const cutBy = (heads: Heads, lengths: Tensor | undefined) => ({
  heads: typeof heads === "number" ? heads : heads.heads,
  options: { ...(typeof heads !== "number" && { scale: heads.attentionScale }), ...(lengths && { lengths }) },
});

/** Self-attention over x [n, tokens, d], of which only the first `lengths` are looked at where those are given. */
export const attend = (params: Attention, x: Tensor, by: Heads, lengths?: Tensor, rotation?: Rotation): Tensor => {
  const { heads, options } = cutBy(by, lengths);
  const mixed = attention(...queryKeyValue(params, x, heads, rotation), options);
  return linear(mixed.reshape(x.shape), params.proj.weight, params.proj.bias);
};

/** Every token of x [n, tokens, d] by itself. */
export const feedForward = (params: Mlp, x: Tensor): Tensor => {
  if ("w12" in params) return swiGlu(params, x);
  const { fc1, fc2 } = params;
  return linear(gelu(linear(x, fc1.weight, fc1.bias)), fc2.weight, fc2.bias);
};

/** Layer norm with a scale and shift of its own; root-mean-square norm where there is no shift. */
export const affineNorm = (x: Tensor, { weight, bias }: Norm): Tensor =>
  bias ? layerNorm(x, { weight, bias, eps }) : rmsNorm(x, { weight, eps });

/** A norm with nothing of its own: the modulation supplies scale and shift. */
export const plainNorm = (x: Tensor, kind: NormKind): Tensor => (kind === "rms" ? rmsNorm : layerNorm)(x, { eps });

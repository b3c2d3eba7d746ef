import type { ResolvedConfig } from "@isoflop/flops";
import { attention, gelu, layerNorm, linear, rmsNorm, split, type Tensor } from "@isoflop/tensor";
import { type Linear, linearSpec, type Norm, Spec, type SpecsOf } from "./spec.js";

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

export interface Mlp {
  readonly fc1: Linear;
  readonly fc2: Linear;
}

/** How attention is cut into heads, and what queries times keys are multiplied by: of a config. A number of heads has the standard scale. */
export type Heads = number | Pick<ResolvedConfig, "heads" | "attentionScale">;

const part = "attentionProjections";

const headNormSpecs = ({ width, heads, qkNorm }: ResolvedConfig): SpecsOf<Pick<QueryKeyValue, "ln_q" | "ln_k">> => {
  const headNorm = () => ({ weight: new Spec([width / heads], { kind: "ones" }, part, "vector") });
  return qkNorm === "rms" ? { ln_q: headNorm(), ln_k: headNorm() } : {};
};

export const queryKeyValueSpecs = (config: ResolvedConfig): SpecsOf<QueryKeyValue> => ({
  qkv: linearSpec(part, config.width, 3 * config.width),
  ...headNormSpecs(config),
});

export const attentionSpecs = (config: ResolvedConfig): SpecsOf<Attention> => ({
  qkv: linearSpec(part, config.width, 3 * config.width),
  proj: linearSpec(part, config.width, config.width),
  ...headNormSpecs(config),
});

export const mlpSpecs = ({ width, mlpWidth }: ResolvedConfig): SpecsOf<Mlp> => ({
  fc1: linearSpec("mlp", width, mlpWidth),
  fc2: linearSpec("mlp", mlpWidth, width),
});

/** Queries, keys and values of x [n, tokens, d], each [n, tokens, heads, d / heads]. Heads are views: nothing is transposed. */
export const queryKeyValue = (
  { qkv, ln_q, ln_k }: QueryKeyValue,
  x: Tensor,
  heads: number,
): readonly [q: Tensor, k: Tensor, v: Tensor] => {
  const [n, tokens, d] = x.shape as [number, number, number];
  const [q, k, v] = split(linear(x, qkv.weight, qkv.bias), 3, 2) as [Tensor, Tensor, Tensor];
  const byHead = (y: Tensor): Tensor => y.reshape([n, tokens, heads, d / heads]);
  const normed = (y: Tensor, norm: HeadNorm | undefined) => (norm ? rmsNorm(y, { weight: norm.weight, eps }) : y);
  return [normed(byHead(q), ln_q), normed(byHead(k), ln_k), byHead(v)];
};

/** The heads of attention, and its options: the scale of a config, and how many keys count where `lengths` are given. */
export const cutBy = (heads: Heads, lengths: Tensor | undefined) => ({
  heads: typeof heads === "number" ? heads : heads.heads,
  options: { ...(typeof heads !== "number" && { scale: heads.attentionScale }), ...(lengths && { lengths }) },
});

/** Self-attention over x [n, tokens, d], of which only the first `lengths` are looked at where those are given. */
export const attend = (params: Attention, x: Tensor, by: Heads, lengths?: Tensor): Tensor => {
  const { heads, options } = cutBy(by, lengths);
  const mixed = attention(...queryKeyValue(params, x, heads), options);
  return linear(mixed.reshape(x.shape), params.proj.weight, params.proj.bias);
};

export const feedForward = ({ fc1, fc2 }: Mlp, x: Tensor): Tensor =>
  linear(gelu(linear(x, fc1.weight, fc1.bias)), fc2.weight, fc2.bias);

/** Layer norm with a scale and shift of its own. */
export const affineNorm = (x: Tensor, { weight, bias }: Norm): Tensor => layerNorm(x, { weight, bias, eps });

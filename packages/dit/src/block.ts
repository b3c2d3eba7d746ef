import type { ResolvedConfig } from "@isoflop/flops";
import { attention, gelu, layerNorm, linear, rmsNorm, split, type Tensor } from "@isoflop/tensor";
import { type Linear, linearSpec, Spec, type SpecsOf } from "./spec.js";

/** DiT's, where PyTorch's own default is 1e-5. */
export const eps = 1e-6;

/** Scale of the root-mean-square norm of a head's queries or keys, [head width]. */
export interface HeadNorm {
  readonly weight: Tensor;
}

export interface Attention {
  /** One (3d, d) matrix: rows of queries, keys, values, each split by head. */
  readonly qkv: Linear;
  readonly proj: Linear;
  readonly ln_q?: HeadNorm;
  readonly ln_k?: HeadNorm;
}

export interface Mlp {
  readonly fc1: Linear;
  readonly fc2: Linear;
}

export const attentionSpecs = ({ width, heads, qkNorm }: ResolvedConfig): SpecsOf<Attention> => {
  const part = "attentionProjections";
  const headNorm = () => ({ weight: new Spec([width / heads], { kind: "ones" }, part) });
  return {
    qkv: linearSpec(part, width, 3 * width),
    proj: linearSpec(part, width, width),
    ...(qkNorm === "rms" ? { ln_q: headNorm(), ln_k: headNorm() } : {}),
  };
};

export const mlpSpecs = ({ width, mlpWidth }: ResolvedConfig): SpecsOf<Mlp> => ({
  fc1: linearSpec("mlp", width, mlpWidth),
  fc2: linearSpec("mlp", mlpWidth, width),
});

/** Self-attention over x [n, tokens, d]. Heads are views: nothing is transposed. */
export const attend = ({ qkv, proj, ln_q, ln_k }: Attention, x: Tensor, heads: number): Tensor => {
  const [n, tokens, d] = x.shape as [number, number, number];
  const [q, k, v] = split(linear(x, qkv.weight, qkv.bias), 3, 2) as [Tensor, Tensor, Tensor];
  const byHead = (y: Tensor): Tensor => y.reshape([n, tokens, heads, d / heads]);
  const normed = (y: Tensor, norm: HeadNorm | undefined) => (norm ? rmsNorm(y, { weight: norm.weight, eps }) : y);
  const mixed = attention(normed(byHead(q), ln_q), normed(byHead(k), ln_k), byHead(v));
  return linear(mixed.reshape([n, tokens, d]), proj.weight, proj.bias);
};

export const feedForward = ({ fc1, fc2 }: Mlp, x: Tensor): Tensor =>
  linear(gelu(linear(x, fc1.weight, fc1.bias)), fc2.weight, fc2.bias);

/** Layer norm with a scale and shift of its own. */
export const affineNorm = (x: Tensor, { weight, bias }: { readonly weight: Tensor; readonly bias: Tensor }): Tensor =>
  layerNorm(x, { weight, bias, eps });

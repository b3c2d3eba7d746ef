import { applyAll } from "../graph/apply.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { checkAttention } from "./attention.js";
import { exp } from "./exp.js";
import { matmul } from "./matmul.js";
import { mul } from "./mul.js";
import { permute, transpose } from "./permute.js";
import { reshape } from "./reshape.js";
import { sub } from "./sub.js";
import { sum } from "./sum.js";

type AttentionAttrs = { readonly scale: number };

const heads = (x: Tensor): Tensor => permute(x, [0, 2, 1, 3]) as Tensor;

export const attentionBackwardOp = defineOp<AttentionAttrs>({
  name: "attentionBackward",
  lowering: { kind: "call" },
  infer([q, k, v]) {
    checkAttention("attentionBackward", q!, k!, v!);
    return [q!, k!, v!].map(({ shape }) => ({ shape, dtype: "f32" }));
  },
  /** Five products: the scores again, dV, dP, dQ, dK. */
  flops: ([q, k]) => 10 * q!.shape.reduce((p, n) => p * n, 1) * k!.shape[1]!,
  decompose([q, k, v, out, lse, g], { scale }) {
    const [b, h, s] = lse!.shape as [number, number, number];
    const scores = matmul(heads(q!), transpose(heads(k!)), { scale }) as Tensor;
    const p = exp(sub(scores, reshape(lse!, [b, h, s, 1])));
    const dv = matmul(transpose(p), heads(g!)) as Tensor;
    const dp = matmul(heads(g!), transpose(heads(v!))) as Tensor;
    const delta = reshape(permute(sum(mul(g!, out!), [3]) as Tensor, [0, 2, 1]) as Tensor, [b, h, s, 1]);
    const ds = mul(p, sub(dp, delta));
    const dq = matmul(ds, heads(k!), { scale }) as Tensor;
    const dk = matmul(transpose(ds), heads(q!), { scale }) as Tensor;
    return [heads(dq), heads(dk), heads(dv)];
  },
  examples: [
    {
      inputs: [
        { shape: [2, 5, 2, 4] },
        { shape: [2, 3, 2, 4] },
        { shape: [2, 3, 2, 4] },
        { shape: [2, 5, 2, 4] },
        { shape: [2, 2, 5], range: [2, 4] },
        { shape: [2, 5, 2, 4] },
      ],
      attrs: { scale: 0.5 },
    },
  ],
});

/** Gradients of q, k, v from the saved output and log-sum-exp (Dao et al., arXiv 2205.14135, algorithm 4). */
export const attentionBackward = (
  q: Tensor,
  k: Tensor,
  v: Tensor,
  out: Tensor,
  lse: Tensor,
  g: Tensor,
  scale: number,
): Tensor[] => applyAll(attentionBackwardOp, [q, k, v, out, lse, g], { scale });

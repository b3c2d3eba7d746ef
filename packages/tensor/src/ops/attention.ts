import { applyAll } from "../graph/apply.js";
import { type Aval, mapEach } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { sizeAlong, sizeOf, sizesOf } from "../shape.js";
import { checkFinite, checkOptions, checkTensor } from "./arguments.js";
import { attentionGradients } from "./attention-gradients.js";
import { type AttentionAttrs, attentionLowering, checkAttention, heads } from "./attention-operands.js";
import { maskedAttentionOp } from "./masked-attention.js";
import { matmul } from "./matmul.js";
import { permute, transpose } from "./permute.js";
import { logSumExp, softmax } from "./softmax.js";

/** Gradients of q, k, v from the saved output and log-sum-exp (Dao et al., arXiv 2205.14135, algorithm 4). */
export const attentionBackwardOp = defineOp<AttentionAttrs, ["q", "k", "v", "out", "lse", "g"], ["dq", "dk", "dv"]>({
  name: "attentionBackward",
  lowering: attentionLowering,
  infer([q, k, v]) {
    checkAttention("attentionBackward", q, k, v);
    return mapEach([q, k, v], ({ shape }): Aval => ({ shape, dtype: "f32" }));
  },
  /** Five products: the scores again, dV, dP, dQ, dK. */
  flops: ([q, k]) => 10 * sizeOf(q.shape) * sizeAlong(k.shape, 1),
  decompose([q, k, v, out, lse, g], { scale }) {
    const scores = matmul(heads(q), transpose(heads(k)), { scale });
    return attentionGradients({ q, k, v, scores, out, lse, g }, scale);
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

/** Scaled dot-product attention. Results: the output, and the log-sum-exp of the scores that the backward pass needs. */
export const attentionOp = defineOp<AttentionAttrs, ["q", "k", "v"], ["out", "lse"]>({
  name: "attention",
  lowering: attentionLowering,
  infer([q, k, v]) {
    checkAttention("attention", q, k, v);
    const [b, s, h] = sizesOf(q.shape, 4);
    return [
      { shape: q.shape, dtype: "f32" },
      { shape: [b, h, s], dtype: "f32" },
    ];
  },
  /** Two products; the softmax is not counted. */
  flops: ([q, k]) => 4 * sizeOf(q.shape) * sizeAlong(k.shape, 1),
  vjp({ inputs: [q, k, v], outputs: [out, lse], attrs, cotangents: [g], flows }) {
    return flows(1) ? "decompose" : applyAll(attentionBackwardOp, [q, k, v, out, lse, g], attrs);
  },
  decompose([q, k, v], { scale }) {
    const scores = matmul(permute(q, [0, 2, 1, 3]), permute(k, [0, 2, 3, 1]), { scale });
    const out = matmul(softmax(scores), permute(v, [0, 2, 1, 3]));
    return [permute(out, [0, 2, 1, 3]), logSumExp(scores)];
  },
  examples: [
    { inputs: [{ shape: [2, 5, 2, 4] }, { shape: [2, 3, 2, 4] }, { shape: [2, 3, 2, 4] }], attrs: { scale: 0.5 } },
    { inputs: [{ shape: [1, 4, 1, 8] }, { shape: [1, 4, 1, 8] }, { shape: [1, 4, 1, 8] }], attrs: { scale: 0.35 } },
  ],
});

export interface AttentionOptions {
  /** What the scores are multiplied by; width^-1/2 unless told. */
  readonly scale?: number;
  /**
   * i32 [batch]: how many keys of each sample count, from the first; the others are not looked at, whatever lies there. Below 1 counts as 1 and
   * beyond the keys as all of them, for a kernel cannot throw. Default: all.
   */
  readonly lengths?: Tensor;
}

/**
 * softmax(scale q k^T) v for q [batch, queries, heads, width] and k, v [batch, keys, heads, width]; the result has the shape of q.
 * `scale` is width^-1/2 unless told (Vaswani et al., arXiv 1706.03762).
 */
export const attention = (q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions = {}): Tensor => {
  for (const x of [q, k, v]) checkTensor("attention", x);
  checkOptions("attention", options, ["scale", "lengths"]);
  const { scale = (q.shape.at(-1) ?? 1) ** -0.5, lengths } = options;
  if (q.rank === 4) checkFinite("attention", "scale", scale);
  if (lengths === undefined) return applyAll(attentionOp, [q, k, v], { scale })[0];
  checkTensor("attention", lengths);
  return applyAll(maskedAttentionOp, [q, k, v, lengths], { scale })[0];
};

import { applyAll } from "../graph/apply.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { sizeAlong, sizeOf, sizesOf } from "../shape.js";
import { checkFinite, checkOptions, checkTensor } from "./arguments.js";
import { type AttentionAttrs, attentionBackward, attentionLowering, checkAttention } from "./attention-backward.js";
import { logSumExp } from "./log-sum-exp.js";
import { matmul } from "./matmul.js";
import { permute } from "./permute.js";
import { softmax } from "./softmax.js";

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
    return flows(1) ? "decompose" : attentionBackward(q, k, v, out, lse, g, attrs.scale);
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

/**
 * softmax(scale q k^T) v for q [batch, queries, heads, width] and k, v [batch, keys, heads, width]; the result has the shape of q.
 * `scale` is width^-1/2 unless told (Vaswani et al., arXiv 1706.03762).
 */
export const attention = (q: Tensor, k: Tensor, v: Tensor, options: { readonly scale?: number } = {}): Tensor => {
  for (const x of [q, k, v]) checkTensor("attention", x);
  checkOptions("attention", options, ["scale"]);
  const { scale = (q.shape.at(-1) ?? 1) ** -0.5 } = options;
  if (q.rank === 4) checkFinite("attention", "scale", scale);
  return applyAll(attentionOp, [q, k, v], { scale })[0];
};

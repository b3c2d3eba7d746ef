import { formatShape, TensorError } from "../errors.js";
import { applyAll } from "../graph/apply.js";
import { type Aval, mapEach } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { sizeAlong, sizeOf, sizesOf } from "../shape.js";
import { attentionGradients } from "./attention-gradients.js";
import { type AttentionAttrs, attentionLowering, checkAttention, heads } from "./attention-operands.js";
import { less } from "./comparison.js";
import { iota } from "./iota.js";
import { matmul } from "./matmul.js";
import { maximum } from "./maximum-and-minimum.js";
import { permute, transpose } from "./permute.js";
import { reshape } from "./reshape.js";
import { select } from "./select.js";
import { logSumExp, softmax } from "./softmax.js";
import { checkIndices } from "./take-and-scatter.js";

const checkLengths = (name: string, q: Aval, lengths: Aval): void => {
  checkIndices(name, lengths);
  const [batch] = q.shape;
  if (lengths.shape.length !== 1 || lengths.shape[0] !== batch)
    throw new TensorError(
      "shape",
      `${name}: lengths say of each sample how many keys count, i32[${batch}], got i32${formatShape(lengths.shape)}`,
    );
};

/** Whether a key counts, [batch, 1, 1, keys]: at least the first does. */
const counted = (lengths: Tensor, keys: number): Tensor =>
  less(iota([keys]), reshape(maximum(lengths, 1), [lengths.size, 1, 1, 1]));

/** k or v with zeros for what does not count, so that nothing there can spoil a product. */
const cleaned = (x: Tensor, counts: Tensor): Tensor => select(permute(counts, [0, 3, 1, 2]), x, 0);

const maskedScores = (q: Tensor, k: Tensor, counts: Tensor, scale: number): Tensor =>
  select(counts, matmul(heads(q), transpose(heads(k)), { scale }), -Infinity);

/** Gradients of q, k, v as of `attentionBackward`; those of keys and values that do not count are 0. */
export const maskedAttentionBackwardOp = defineOp<
  AttentionAttrs,
  ["q", "k", "v", "lengths", "out", "lse", "g"],
  ["dq", "dk", "dv"]
>({
  name: "maskedAttentionBackward",
  lowering: attentionLowering,
  infer([q, k, v, lengths]) {
    checkAttention("maskedAttentionBackward", q, k, v);
    checkLengths("maskedAttentionBackward", q, lengths);
    return mapEach([q, k, v], ({ shape }): Aval => ({ shape, dtype: "f32" }));
  },
  flops: ([q, k]) => 10 * sizeOf(q.shape) * sizeAlong(k.shape, 1),
  decompose([q, dirtyK, dirtyV, lengths, out, lse, g], { scale }) {
    const counts = counted(lengths, sizeAlong(dirtyK.shape, 1));
    const [k, v] = mapEach([dirtyK, dirtyV], (x) => cleaned(x, counts));
    const scores = maskedScores(q, k, counts, scale);
    return attentionGradients({ q, k, v, scores, out, lse, g }, scale);
  },
  examples: [
    {
      inputs: [
        { shape: [2, 5, 2, 4] },
        { shape: [2, 3, 2, 4] },
        { shape: [2, 3, 2, 4] },
        { shape: [2], dtype: "i32", values: [2, 3] },
        { shape: [2, 5, 2, 4] },
        { shape: [2, 2, 5], range: [2, 4] },
        { shape: [2, 5, 2, 4] },
      ],
      attrs: { scale: 0.5 },
    },
  ],
});

/**
 * Scaled dot-product attention to the first `lengths` keys of each sample: results as of `attention`, as if the others were not there.
 * FLOPs are counted as if they all were, which is what a program pays at most.
 */
export const maskedAttentionOp = defineOp<AttentionAttrs, ["q", "k", "v", "lengths"], ["out", "lse"]>({
  name: "maskedAttention",
  lowering: attentionLowering,
  infer([q, k, v, lengths]) {
    checkAttention("attention", q, k, v);
    checkLengths("attention", q, lengths);
    const [b, s, h] = sizesOf(q.shape, 4);
    return [
      { shape: q.shape, dtype: "f32" },
      { shape: [b, h, s], dtype: "f32" },
    ];
  },
  flops: ([q, k]) => 4 * sizeOf(q.shape) * sizeAlong(k.shape, 1),
  vjp({ inputs: [q, k, v, lengths], outputs: [out, lse], attrs, cotangents: [g], flows }) {
    if (flows(1)) return "decompose";
    const [dq, dk, dv] = applyAll(maskedAttentionBackwardOp, [q, k, v, lengths, out, lse, g], attrs);
    return [dq, dk, dv, undefined];
  },
  decompose([q, dirtyK, dirtyV, lengths], { scale }) {
    const counts = counted(lengths, sizeAlong(dirtyK.shape, 1));
    const [k, v] = mapEach([dirtyK, dirtyV], (x) => cleaned(x, counts));
    const scores = maskedScores(q, k, counts, scale);
    return [heads(matmul(softmax(scores), heads(v))), logSumExp(scores)];
  },
  examples: [
    {
      inputs: [
        { shape: [3, 5, 2, 4] },
        { shape: [3, 3, 2, 4] },
        { shape: [3, 3, 2, 4] },
        { shape: [3], dtype: "i32", values: [1, 3, 2] },
      ],
      attrs: { scale: 0.5 },
    },
    {
      inputs: [
        { shape: [2, 4, 1, 8] },
        { shape: [2, 4, 1, 8] },
        { shape: [2, 4, 1, 8] },
        { shape: [2], dtype: "i32", values: [-1, 9] },
      ],
      attrs: { scale: 0.35 },
    },
  ],
});

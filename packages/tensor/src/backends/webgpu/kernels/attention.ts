import type { Instruction, Kernel, KernelOf, View } from "../../../compile/kernel.js";
import { permuteLayout } from "../../../compile/layout.js";
import { mapEach } from "../../../graph/aval.js";
import type { attentionBackwardOp, attentionOp } from "../../../ops/attention.js";
import { sizeOf, sizesOf } from "../../../shape.js";
import type { DispatchContext, Variant } from "../variant.js";
import { contiguous } from "../views.js";

const rearranged = ({ shape, strides, ...rest }: View, order: readonly number[]): View => ({
  ...rest,
  ...permuteLayout({ shape, strides, offset: rest.offset }, order),
});

/** A [batch, tokens, heads, width] tensor as one [tokens, width] matrix per batch and head. */
const perHead = (view: View): View => rearranged(view, [0, 2, 1, 3]);

const transposed = (view: View): View => rearranged(view, [0, 1, 3, 2]);

const product = (name: string, a: View, b: View, out: View, scale: number): Kernel => ({
  kind: "call",
  op: "matmul",
  name,
  inputs: [a, b],
  outputs: [out],
  attrs: { scale },
});

/** Values per row of `like`, repeated along its columns. */
const alongColumns = (rows: View, like: View): View => ({ ...rows, shape: like.shape, strides: [...rows.strides, 0] });

const temporary = (context: DispatchContext, shape: readonly number[]): View =>
  contiguous(context.scratch(sizeOf(shape) * 4), shape);

/** out = softmax(scale q k^T) v with the scores in scratch memory, normalised in place; heads are strides, never copies. */
export const attention: Variant = {
  op: "attention",
  dispatches: ({ name, inputs, outputs: [out, logSumExp], attrs }: KernelOf<typeof attentionOp>, context) => {
    const [q, k, v] = mapEach(inputs, perHead);
    const [batch, heads, queries] = sizesOf(q.shape, 4);
    const [, , keys] = sizesOf(k.shape, 4);
    const scores = temporary(context, [batch, heads, queries, keys]);
    const rows = batch * heads * queries;
    const matrix = contiguous(scores.slot, [rows, keys]);
    const lse: View = { ...logSumExp, shape: [rows], strides: [1] };
    const parts: Kernel[] = [
      product(`${name} (scores)`, q, transposed(k), scores, attrs.scale),
      {
        kind: "call",
        op: "softmaxWithLse",
        name: `${name} (softmax)`,
        inputs: [matrix],
        outputs: [matrix, lse],
        attrs: {},
      },
      product(`${name} (values)`, scores, v, perHead(out), 1),
    ];
    return parts.flatMap((part) => context.dispatches(part));
  },
};

/**
 * With P = exp(scale q k^T - lse): dv = P^T dout, dS = P (dout v^T - rowsum(dout out)), dq = scale dS k, dk = scale dS^T q
 * (Dao et al., arXiv 2205.14135, section B.2).
 */
export const attentionBackward: Variant = {
  op: "attentionBackward",
  dispatches: ({ name, inputs, outputs, attrs: { scale } }: KernelOf<typeof attentionBackwardOp>, context) => {
    const lse = inputs[4];
    const [q, k, v, out, dout] = mapEach([inputs[0], inputs[1], inputs[2], inputs[3], inputs[5]], perHead);
    const [dq, dk, dv] = mapEach(outputs, perHead);
    const [batch, heads, queries, width] = sizesOf(q.shape, 4);
    const [, , keys] = sizesOf(k.shape, 4);
    const shape = [batch, heads, queries, keys];
    const probabilities = temporary(context, shape);
    const gradients = temporary(context, shape);
    const rowSums = temporary(context, [batch, heads, queries]);
    const body: Instruction[] = [
      { op: "sub", args: [0, 2], dtype: "f32" },
      { op: "exp", args: [4], dtype: "f32" },
      { op: "sub", args: [1, 3], dtype: "f32" },
      { op: "mul", args: [5, 6], dtype: "f32" },
    ];
    const loads = [probabilities, gradients, alongColumns(lse, probabilities), alongColumns(rowSums, probabilities)];
    const parts: Kernel[] = [
      product(`${name} (scores)`, q, transposed(k), probabilities, scale),
      product(`${name} (dP)`, dout, transposed(v), gradients, 1),
      {
        kind: "reduce",
        name: `${name} (row sums)`,
        reduce: "sum",
        outer: batch * heads * queries,
        reduced: width,
        inner: 1,
        program: {
          shape: q.shape,
          loads: [dout, out],
          body: [{ op: "mul", args: [0, 1], dtype: "f32" }],
          results: [2],
        },
        output: rowSums,
      },
      {
        kind: "pointwise",
        name: `${name} (dS)`,
        program: { shape, loads, body, results: [5, 7] },
        outputs: [probabilities, gradients],
      },
      product(`${name} (dv)`, transposed(probabilities), dout, dv, 1),
      product(`${name} (dq)`, gradients, k, dq, scale),
      product(`${name} (dk)`, transposed(gradients), q, dk, scale),
    ];
    return parts.flatMap((part) => context.dispatches(part));
  },
};

import type { Instruction, Kernel, KernelOf, View } from "../../../compile/kernel.js";
import { permuteLayout } from "../../../compile/layout.js";
import { mapEach } from "../../../graph/aval.js";
import type { attentionBackwardOp, attentionOp } from "../../../ops/attention.js";
import type { maskedAttentionBackwardOp, maskedAttentionOp } from "../../../ops/masked-attention.js";
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

/** A value of each sample at every point of x [batch, heads, ., .]. */
const perSample = (values: View, { shape }: View): View => ({
  ...values,
  shape,
  strides: [values.strides[0]!, 0, 0, 0],
});

/**
 * Instructions that give `value` where the key counts and `otherwise` elsewhere, from `first` on: keys lie along `axis`, and `lengths` is the
 * SSA value of how many count. The last of the six is the result.
 */
const whereCounted = (
  first: number,
  { value, axis, lengths, otherwise }: { value: number; axis: 2 | 3; lengths: number; otherwise: number },
): Instruction[] => [
  { op: "constant", value: 1, dtype: "i32" },
  { op: "max", args: [lengths, first], dtype: "i32" },
  { op: "iota", axis, dtype: "i32" },
  { op: "lt", args: [first + 2, first + 1], dtype: "bool" },
  { op: "constant", value: otherwise, dtype: "f32" },
  { op: "select", args: [first + 3, value, first + 4], dtype: "f32" },
];

/** x with `otherwise` for what does not count. */
const masked = (name: string, x: View, axis: 2 | 3, lengths: View, otherwise: number, out: View): Kernel => ({
  kind: "pointwise",
  name,
  program: {
    shape: x.shape,
    loads: [x, perSample(lengths, x)],
    body: whereCounted(2, { value: 0, axis, lengths: 1, otherwise }),
    results: [7],
  },
  outputs: [out],
});

/** Keys and values per head, and what must run before they and the scores are read where only `lengths` of the keys count. */
const keysAndValues = (name: string, k: View, v: View, lengths: View | undefined, context: DispatchContext) => {
  if (!lengths) return { k: perHead(k), v: perHead(v), before: [] };
  // Zeros where nothing counts, whatever lies there: 0 times infinity would not be 0.
  const [cleanK, cleanV] = mapEach([k, v], ({ shape }) => perHead(temporary(context, shape)));
  return {
    k: cleanK,
    v: cleanV,
    before: [
      masked(`${name} (keys)`, perHead(k), 2, lengths, 0, cleanK),
      masked(`${name} (values that count)`, perHead(v), 2, lengths, 0, cleanV),
    ],
  };
};

type Forward = KernelOf<typeof attentionOp | typeof maskedAttentionOp>;

/** out = softmax(scale q k^T) v with the scores in scratch memory, normalised in place; heads are strides, never copies. */
const forward = (
  { name, attrs, outputs: [out, logSumExp] }: Pick<Forward, "name" | "attrs" | "outputs">,
  [queriesView, keysView, valuesView]: readonly [q: View, k: View, v: View],
  lengths: View | undefined,
  context: DispatchContext,
) => {
  const q = perHead(queriesView);
  const { k, v, before } = keysAndValues(name, keysView, valuesView, lengths, context);
  const [batch, heads, queries] = sizesOf(q.shape, 4);
  const [, , keys] = sizesOf(k.shape, 4);
  const scores = temporary(context, [batch, heads, queries, keys]);
  const rows = batch * heads * queries;
  const matrix = contiguous(scores.slot, [rows, keys]);
  const lse: View = { ...logSumExp, shape: [rows], strides: [1] };
  const parts: Kernel[] = [
    ...before,
    product(`${name} (scores)`, q, transposed(k), scores, attrs.scale),
    ...(lengths ? [masked(`${name} (mask)`, scores, 3, lengths, -Infinity, scores)] : []),
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
};

interface BackwardOperands {
  readonly q: View;
  readonly k: View;
  readonly v: View;
  readonly out: View;
  readonly lse: View;
  readonly dout: View;
}

type Backward = KernelOf<typeof attentionBackwardOp | typeof maskedAttentionBackwardOp>;

/**
 * With P = exp(scale q k^T - lse): dv = P^T dout, dS = P (dout v^T - rowsum(dout out)), dq = scale dS k, dk = scale dS^T q
 * (Dao et al., arXiv 2205.14135, section B.2).
 */
const backward = (
  { name, outputs, attrs: { scale } }: Pick<Backward, "name" | "attrs" | "outputs">,
  operands: BackwardOperands,
  lengths: View | undefined,
  context: DispatchContext,
) => {
  const { lse } = operands;
  const [q, out, dout] = mapEach([operands.q, operands.out, operands.dout], perHead);
  const { k, v, before } = keysAndValues(name, operands.k, operands.v, lengths, context);
  const [dq, dk, dv] = mapEach(outputs, perHead);
  const [batch, heads, queries, width] = sizesOf(q.shape, 4);
  const [, , keys] = sizesOf(k.shape, 4);
  const shape = [batch, heads, queries, keys];
  const probabilities = temporary(context, shape);
  const gradients = temporary(context, shape);
  const rowSums = temporary(context, [batch, heads, queries]);
  const counts = lengths ? [perSample(lengths, probabilities)] : [];
  const loads = [probabilities, gradients, alongColumns(lse, probabilities), alongColumns(rowSums, probabilities)];
  // After the loads: P, dP - rowsum, P of what counts, dS.
  const at = loads.length + counts.length;
  const mask = lengths ? whereCounted(at + 3, { value: at + 1, axis: 3, lengths: 4, otherwise: 0 }) : [];
  const p = lengths ? at + 2 + mask.length : at + 1;
  const body: Instruction[] = [
    { op: "sub", args: [0, 2], dtype: "f32" },
    { op: "exp", args: [at], dtype: "f32" },
    { op: "sub", args: [1, 3], dtype: "f32" },
    ...mask,
    { op: "mul", args: [p, at + 2], dtype: "f32" },
  ];
  const parts: Kernel[] = [
    ...before,
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
      program: { shape, loads: [...loads, ...counts], body, results: [p, at + 3 + mask.length] },
      outputs: [probabilities, gradients],
    },
    product(`${name} (dv)`, transposed(probabilities), dout, dv, 1),
    product(`${name} (dq)`, gradients, k, dq, scale),
    product(`${name} (dk)`, transposed(gradients), q, dk, scale),
  ];
  return parts.flatMap((part) => context.dispatches(part));
};

export const attentionVariants: readonly Variant[] = [
  {
    op: "attention",
    dispatches: (kernel: KernelOf<typeof attentionOp>, context) => forward(kernel, kernel.inputs, undefined, context),
  },
  {
    op: "attentionBackward",
    dispatches: (kernel: KernelOf<typeof attentionBackwardOp>, context) => {
      const [q, k, v, out, lse, dout] = kernel.inputs;
      return backward(kernel, { q, k, v, out, lse, dout }, undefined, context);
    },
  },
  {
    op: "maskedAttention",
    dispatches: (kernel: KernelOf<typeof maskedAttentionOp>, context) => {
      const [q, k, v, lengths] = kernel.inputs;
      return forward(kernel, [q, k, v], lengths, context);
    },
  },
  {
    op: "maskedAttentionBackward",
    dispatches: (kernel: KernelOf<typeof maskedAttentionBackwardOp>, context) => {
      const [q, k, v, lengths, out, lse, dout] = kernel.inputs;
      return backward(kernel, { q, k, v, out, lse, dout }, lengths, context);
    },
  },
];

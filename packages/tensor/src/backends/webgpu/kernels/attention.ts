import type { CallKernel, Instruction, Kernel, View } from "../../../compile/kernel.js";
import type { LoweringContext, Variant } from "../variant.js";
import { contiguous, size } from "../views.js";

/** A [batch, tokens, heads, width] tensor as one [tokens, width] matrix per batch and head. */
const perHead = ({ shape, strides, ...rest }: View): View => ({
  ...rest,
  shape: [0, 2, 1, 3].map((axis) => shape[axis]!),
  strides: [0, 2, 1, 3].map((axis) => strides[axis]!),
});

const transposed = ({ shape, strides, ...rest }: View): View => ({
  ...rest,
  shape: [0, 1, 3, 2].map((axis) => shape[axis]!),
  strides: [0, 1, 3, 2].map((axis) => strides[axis]!),
});

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

const temporary = (context: LoweringContext, shape: readonly number[]): View =>
  contiguous(context.scratch(size(shape) * 4), shape);

const scaleOf = ({ attrs }: CallKernel): number => Number(attrs.scale);

/** out = softmax(scale q k^T) v with the scores in scratch memory, normalised in place; heads are strides, never copies. */
export const attention: Variant = {
  op: "attention",
  name: "products",
  applicable: () => true,
  lower: (kernel, context) => {
    const { name, inputs, outputs } = kernel;
    const [q, k, v] = inputs.map(perHead) as [View, View, View];
    const [batch, heads, queries, keys] = [q.shape[0]!, q.shape[1]!, q.shape[2]!, k.shape[2]!];
    const scores = temporary(context, [batch, heads, queries, keys]);
    const rows = batch * heads * queries;
    const matrix = contiguous(scores.slot, [rows, keys]);
    const lse: View = { ...outputs[1]!, shape: [rows], strides: [1] };
    const parts: Kernel[] = [
      product(`${name} (scores)`, q, transposed(k), scores, scaleOf(kernel)),
      {
        kind: "call",
        op: "softmaxWithLse",
        name: `${name} (softmax)`,
        inputs: [matrix],
        outputs: [matrix, lse],
        attrs: {},
      },
      product(`${name} (values)`, scores, v, perHead(outputs[0]!), 1),
    ];
    return parts.flatMap((part) => context.lower(part));
  },
};

/**
 * With P = exp(scale q k^T - lse): dv = P^T dout, dS = P (dout v^T - rowsum(dout out)), dq = scale dS k, dk = scale dS^T q
 * (Dao et al., arXiv 2205.14135, section B.2).
 */
export const attentionBackward: Variant = {
  op: "attentionBackward",
  name: "products",
  applicable: () => true,
  lower: (kernel, context) => {
    const { name, inputs, outputs } = kernel;
    const [q, k, v, out] = inputs.slice(0, 4).map(perHead) as [View, View, View, View];
    const [lse, dout] = [inputs[4]!, perHead(inputs[5]!)];
    const [dq, dk, dv] = outputs.map(perHead) as [View, View, View];
    const [batch, heads, queries, keys] = [q.shape[0]!, q.shape[1]!, q.shape[2]!, k.shape[2]!];
    const shape = [batch, heads, queries, keys];
    const probabilities = temporary(context, shape);
    const gradients = temporary(context, shape);
    const rowSums = temporary(context, [batch, heads, queries]);
    const scale = scaleOf(kernel);
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
        reduced: q.shape[3]!,
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
    return parts.flatMap((part) => context.lower(part));
  },
};

import { apply } from "../graph/apply.js";
import { defineOp, type Op } from "../graph/define.js";
import { Node, Tensor } from "../graph/tensor.js";
import { type Graph, refOf } from "./graph.js";
import { contiguous, isContiguous, type Layout } from "./layout.js";
import { type Rule, rewrite } from "./rewrite.js";

/** Writes a rearranged value out contiguously. Inserted by the compiler where a consumer cannot read strides. */
export const copyOp = defineOp<Readonly<Record<never, never>>>({
  name: "copy",
  lowering: { kind: "composite" },
  infer: ([x]) => [{ shape: x!.shape, dtype: x!.dtype }],
  flops: () => 0,
  examples: [],
});

const copy = (x: Tensor): Tensor => apply(copyOp, [x], {});

/** A value that is stored, and how a chain of views reads it. */
export interface Source {
  readonly base: Tensor;
  readonly layout: Layout;
}

const sources = new WeakMap<Node, Source>();

/** Looks through views. Undefined where strides cannot express the chain (a reshape of a transposed value). */
export const sourceOf = (tensor: Tensor): Source | undefined => {
  if (tensor.node.op.lowering.kind !== "view") return { base: tensor, layout: contiguous(tensor.shape) };
  const chain: Tensor[] = [];
  let at = tensor;
  while (at.node.op.lowering.kind === "view" && !sources.has(at.node)) {
    chain.push(at);
    at = at.node.inputs[0]!;
  }
  let source = sources.get(at.node) ?? { base: at, layout: contiguous(at.shape) };
  // Kept for views, so that a chain of any length is looked through once and not from every link again.
  for (const { node } of chain.reverse()) {
    const { lowering } = node.op;
    const layout = lowering.kind === "view" && lowering.layout(source.layout, node.outputs[0]!, node.attrs);
    if (!layout) return undefined;
    source = { base: source.base, layout };
    sources.set(node, source);
  }
  return source;
};

/** Which operand layouts the call kernels read as they are (see `CallKernel`). Everything else must be contiguous. */
const readsAsIs = (op: string, operand: number, { shape, strides }: Layout): boolean => {
  if (op === "matmul") {
    if (shape.length > 4) return false;
    if (operand === 2) return true;
    const [rows, columns] = shape.slice(-2) as [number, number];
    const [r, c] = strides.slice(-2) as [number, number];
    return strides.every((s) => s >= 0) && (c === 1 || columns === 1 || r === 1 || rows === 1);
  }
  if (op === "attention" || op === "attentionBackward")
    return shape.length === 4 && strides[3] === 1 && strides.every((s) => s >= 0);
  return false;
};

/** Inserts copies until every view can be expressed by strides and every call kernel can read its operands. */
export const legalize = (graph: Graph): Graph => {
  const rule: Rule = (node, inputs) => {
    if (node.op.lowering.kind === "view") {
      const source = sourceOf(inputs[0]!);
      // A rearranged coordinate is no longer a coordinate of the iteration space.
      const stored = source && source.base.node.op.lowering.kind !== "iota";
      if (stored && node.op.lowering.layout(source.layout, node.outputs[0]!, node.attrs)) return undefined;
      return [apply(node.op as Op, [copy(inputs[0]!)], node.attrs)];
    }
    if (node.op.lowering.kind === "reduce" && inputs[0]!.node.op.lowering.kind === "iota")
      return [apply(node.op as Op, [copy(inputs[0]!)], node.attrs)];
    if (node.op.lowering.kind === "call") {
      const fixed = inputs.map((input, i) => {
        const source = sourceOf(input)!;
        const { kind } = source.base.node.op.lowering;
        if (kind === "constant" || kind === "iota") return copy(input);
        return isContiguous(source.layout) || readsAsIs(node.op.name, i, source.layout) ? input : copy(input);
      });
      if (fixed.every((input, i) => input === inputs[i])) return undefined;
      const replacement = new Node(node.op, fixed, node.attrs, node.outputs);
      return replacement.outputs.map((_, index) => new Tensor(replacement, index));
    }
    return undefined;
  };
  const legal = rewrite(graph, rule);
  return { inputs: legal.inputs, outputs: ownOutputs(legal) };
};

/** Every output must be a whole value of its own: not a view, a constant, an input, or another output. */
const ownOutputs = ({ inputs, outputs }: Graph): Tensor[] => {
  const taken = new Set(inputs.map(refOf));
  return outputs.map((output) => {
    const source = sourceOf(output)!;
    const { kind } = source.base.node.op.lowering;
    const whole = isContiguous(source.layout) && source.layout.offset === 0 && source.base.size === output.size;
    const own = whole && kind !== "constant" && kind !== "iota" && !taken.has(refOf(source.base));
    if (!own) return copy(output);
    taken.add(refOf(source.base));
    return output;
  });
};

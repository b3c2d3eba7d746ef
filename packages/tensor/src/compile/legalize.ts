import { TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import type { NoAttrs } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import { Node, type Tensor } from "../graph/tensor.js";
import { sizeOf } from "../shape.js";
import { firstOperand, firstResult, type Graph, isInline, refOf, tensorsOf } from "./graph.js";
import { contiguous, isContiguous, type Layout } from "./layout.js";
import { type Rule, rewrite } from "./rewrite.js";

/** Writes a rearranged value out contiguously. Inserted by the compiler where a consumer cannot read strides. */
export const copyOp = defineOp<NoAttrs>({
  name: "copy",
  lowering: { kind: "composite" },
  infer: ([x]) => [{ shape: x.shape, dtype: x.dtype }],
  examples: [],
});

const copy = (x: Tensor): Tensor => apply(copyOp, [x], {});

/** A value that is stored, and how a chain of views reads it. */
export interface Source {
  readonly base: Tensor;
  readonly layout: Layout;
}

const sources = new WeakMap<Node, Source>();

/** Looks through views that strides can express: all those of a graph that has been made legal. */
export const sourceOf = (tensor: Tensor): Source => {
  const source = findSource(tensor);
  if (!source)
    throw new TensorError("kernel", `${tensor}: no strides can express this view, which is a fault of the compiler`);
  return source;
};

/** Looks through views. Undefined where strides cannot express the chain (a reshape of a transposed value). */
const findSource = (tensor: Tensor): Source | undefined => {
  if (tensor.node.op.lowering.kind !== "view") return { base: tensor, layout: contiguous(tensor.shape) };
  const chain: Tensor[] = [];
  let at = tensor;
  while (at.node.op.lowering.kind === "view" && !sources.has(at.node)) {
    chain.push(at);
    at = firstOperand(at.node);
  }
  let source = sources.get(at.node) ?? { base: at, layout: contiguous(at.shape) };
  // Kept for views, so that a chain of any length is looked through once and not from every link again.
  for (const { node } of chain.reverse()) {
    const { lowering } = node.op;
    const layout = lowering.kind === "view" && lowering.layout(source.layout, firstResult(node), node.attrs);
    if (!layout) return undefined;
    source = { base: source.base, layout };
    sources.set(node, source);
  }
  return source;
};

/** Whether a layout reads a value whole and in order, so that the reader's points are the value's points. */
export const readsWhole = (base: { readonly size: number }, layout: Layout): boolean =>
  isContiguous(layout) && layout.offset === 0 && base.size === sizeOf(layout.shape);

/** Whether a node reads an operand from where it is stored, as it lies there. */
const reads = ({ op: { lowering }, attrs, outputs }: Node, operand: Tensor, index: number): boolean => {
  if (lowering.kind !== "view" && lowering.kind !== "reduce" && lowering.kind !== "call") return true;
  const source = findSource(operand);
  if (!source) return false;
  const { base, layout } = source;
  if (lowering.kind === "call")
    return !isInline(base.node) && (isContiguous(layout) || lowering.reads?.(layout, index) === true);
  // A rearranged coordinate is no longer a coordinate of the iteration space.
  if (base.node.op.lowering.kind === "iota") return false;
  return lowering.kind === "reduce" || outputs.every((output) => lowering.layout(layout, output, attrs) !== undefined);
};

/** Inserts copies until every view can be expressed by strides and every call kernel can read its operands. */
export const legalize = (graph: Graph): Graph => {
  const rule: Rule = (node, inputs) => {
    const readable = inputs.map((input, i) => (reads(node, input, i) ? input : copy(input)));
    if (readable.every((input, i) => input === inputs[i])) return undefined;
    return tensorsOf(new Node(node.op, readable, node.attrs, node.outputs));
  };
  const legal = rewrite(graph, rule);
  return { inputs: legal.inputs, outputs: ownOutputs(legal) };
};

/** Every output must be a whole value of its own: not a view, a constant, an input, or another output. */
const ownOutputs = ({ inputs, outputs }: Graph): Tensor[] => {
  const taken = new Set(inputs.map(refOf));
  return outputs.map((output) => {
    const { base, layout } = sourceOf(output);
    const own = readsWhole(base, layout) && !isInline(base.node) && !taken.has(refOf(base));
    if (!own) return copy(output);
    taken.add(refOf(base));
    return output;
  });
};

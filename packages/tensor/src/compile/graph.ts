import { TensorError } from "../errors.js";
import type { Aval } from "../graph/aval.js";
import { type Node, Tensor } from "../graph/tensor.js";

/** What is to be computed: results as functions of leaves. */
export interface Graph {
  /** Stored values and arguments, in the order their buffers are bound. */
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/** A key for one result of one node. */
export const refOf = (tensor: Tensor): string => `${tensor.node.id}.${tensor.index}`;

/**
 * Calls `visit` on every node below `outputs` that is not a leaf, in the order they were recorded. That order is a topological one, and a good one to
 * run in: a recomputed value, say, is recorded just before it is used.
 */
export const walk = (
  outputs: readonly Tensor[],
  isLeaf: (tensor: Tensor) => boolean,
  visit: (node: Node) => void,
): void => {
  const found = new Set<Node>();
  const stack: Tensor[] = [...outputs];
  for (let tensor = stack.pop(); tensor; tensor = stack.pop()) {
    if (isLeaf(tensor) || found.has(tensor.node)) continue;
    found.add(tensor.node);
    for (const input of tensor.node.inputs) stack.push(input);
  }
  for (const node of [...found].sort((a, b) => a.id - b.id)) visit(node);
};

/** `walk` down to a graph's inputs. */
export const walkGraph = ({ inputs, outputs }: Graph, visit: (node: Node) => void): void => {
  const leaves = new Set(inputs.map(refOf));
  walk(outputs, (tensor) => leaves.has(refOf(tensor)), visit);
};

/** The stored values a lazy expression reads, in a fixed order. */
export const storedLeaves = (outputs: readonly Tensor[], extra: readonly Tensor[] = []): Tensor[] => {
  const known = new Set(extra.map(refOf));
  const leaves = new Map<string, Tensor>();
  const isLeaf = (tensor: Tensor): boolean => {
    if (known.has(refOf(tensor))) return true;
    if (!tensor.storage) return false;
    if (!leaves.has(refOf(tensor))) leaves.set(refOf(tensor), tensor);
    return true;
  };
  walk(outputs, isLeaf, () => {});
  return [...leaves.values()];
};

/** How often each result is read, by consumers and as an output. */
export const countUses = (graph: Graph): Map<string, number> => {
  const uses = new Map<string, number>();
  const use = (tensor: Tensor): void => {
    uses.set(refOf(tensor), (uses.get(refOf(tensor)) ?? 0) + 1);
  };
  walkGraph(graph, (node) => node.inputs.forEach(use));
  graph.outputs.forEach(use);
  return uses;
};

/** Whether a value is computed wherever it is used, from its coordinates alone. */
export const isInline = ({ op }: Node): boolean => op.lowering.kind === "constant" || op.lowering.kind === "iota";

/** What is known of the first result of a node, which most have alone. */
export const firstResult = ({ op, outputs: [output] }: Node): Aval => {
  if (output) return output;
  throw new TensorError("kernel", `${op.name}: has no result`);
};

/** The first operand of a node: that of a view or a reduction. */
export const firstOperand = ({ op, inputs: [input] }: Node): Tensor => {
  if (input) return input;
  throw new TensorError("kernel", `${op.name}: has no operand`);
};

export const tensorsOf = (node: Node): Tensor[] => node.outputs.map((_, index) => new Tensor(node, index));

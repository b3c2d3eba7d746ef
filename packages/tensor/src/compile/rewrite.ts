import { formatShape, TensorError } from "../errors.js";
import type { Attrs } from "../graph/aval.js";
import { argument } from "../graph/input.js";
import { attrsKey, identityOf } from "../graph/key.js";
import { Node, type Op, type Tensor } from "../graph/tensor.js";
import { known } from "../lookup.js";
import { sameShape } from "../shape.js";
import { type Graph, refOf, tensorsOf, walk } from "./graph.js";

/** Builds nodes so that equal computations are one node. */
export class Builder {
  readonly #nodes = new Map<string, Node>();
  readonly #canonical = new Set<Node>();

  /** The canonical node for an op on canonical operands. */
  build(op: Op, inputs: readonly Tensor[], attrs: Attrs, make: () => Node): Tensor[] {
    const key = `${identityOf(op)}(${inputs.map(refOf).join()})${attrsKey(attrs)}`;
    let node = this.#nodes.get(key);
    if (!node) {
      node = make();
      this.#nodes.set(key, node);
      this.#canonical.add(node);
    }
    return tensorsOf(node);
  }

  isCanonical(node: Node): boolean {
    return this.#canonical.has(node);
  }
}

/** Given a node and its rewritten operands: the results that replace it, or undefined to keep the op. */
export type Rule = (node: Node, inputs: readonly Tensor[]) => readonly Tensor[] | undefined;

/** A decomposition of another shape would be read where it ends. */
const checkReplacement = (node: Node, replacement: readonly Tensor[]): void => {
  node.outputs.forEach(({ shape, dtype }, i) => {
    const given = replacement[i];
    if (given?.dtype !== dtype || !sameShape(given.shape, shape))
      throw new TensorError(
        "kernel",
        `${node.op.name}: result ${i} is ${dtype}${formatShape(shape)} by the op's rule, but ${given ? `${given.dtype}${formatShape(given.shape)}` : "nothing"} by what replaces it`,
      );
  });
};

/**
 * Rewrites a graph bottom up. What a rule returns may be new nodes over canonical operands; they are rewritten in turn, so a rule only has
 * to make one step. Dead values disappear because only what the outputs need is visited; equal ones merge.
 */
export const rewrite = (graph: Graph, rule: Rule): Graph => {
  const builder = new Builder();
  // A stored value may be the result of a view or any other op; from here on it is an input and nothing else.
  const inputs = graph.inputs.map(argument);
  const leaves = new Map(graph.inputs.map((input, i) => [refOf(input), inputs[i]!]));
  for (const input of inputs) leaves.set(refOf(input), input);
  const done = new Map<Node, readonly Tensor[]>();
  const resolve = (tensor: Tensor): Tensor =>
    leaves.get(refOf(tensor)) ?? (builder.isCanonical(tensor.node) ? tensor : known(done, tensor.node)[tensor.index]!);
  const stop = (tensor: Tensor): boolean =>
    leaves.has(refOf(tensor)) || builder.isCanonical(tensor.node) || done.has(tensor.node);

  const visit = (node: Node): void => {
    const operands = node.inputs.map(resolve);
    const replacement = rule(node, operands);
    if (replacement) {
      checkReplacement(node, replacement);
      walk(replacement, stop, visit);
      done.set(node, replacement.map(resolve));
      return;
    }
    // Always a new node: ids then follow the order of the visit, which is the order of recording.
    done.set(
      node,
      builder.build(node.op, operands, node.attrs, () => new Node(node.op, operands, node.attrs, node.outputs)),
    );
  };
  walk(graph.outputs, stop, visit);
  return { inputs, outputs: graph.outputs.map(resolve) };
};

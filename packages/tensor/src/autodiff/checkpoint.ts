import { Node, nextNodeId, Tensor } from "../graph/tensor.js";
import { barrier } from "../ops/barrier.js";
import { leavesOf } from "../tree.js";

/** Stands for one call of a checkpointed function; every node the call recorded points to it. */
type Segment = Readonly<Record<never, never>>;

const segments = new WeakMap<Node, Segment>();

/**
 * Trades time for memory: `checkpoint(f)` computes what `f` computes, but a gradient through it recomputes the intermediate values from the
 * inputs instead of keeping them (Chen et al., arXiv 1604.06174). Values `f` closes over count as inputs.
 */
export const checkpoint =
  <A extends readonly unknown[], R>(f: (...args: A) => R): ((...args: A) => R) =>
  (...args) => {
    const begin = nextNodeId();
    const result = f(...args);
    const segment: Segment = {};
    const stack = leavesOf(result).map((leaf) => leaf.node);
    while (stack.length > 0) {
      const node = stack.pop()!;
      if (node.id < begin || segments.get(node) === segment) continue;
      segments.set(node, segment);
      stack.push(...node.inputs.map((input) => input.node));
    }
    return result;
  };

let recomputations = 0;

/** Second copies of checkpointed values, made when a backward pass first asks for them. */
export class Recomputation {
  readonly #copies = new Map<Node, Node>();
  readonly #fences = new Map<Tensor["node"], Map<number, Tensor>>();
  readonly #id = recomputations++;

  /** The operands and results a gradient rule may use: the node's own, or recomputed ones inside a checkpoint. */
  valuesFor(node: Node): { inputs: readonly Tensor[]; outputs: readonly Tensor[] } {
    const segment = segments.get(node);
    const source = segment ? this.#copy(node, segment) : node;
    return { inputs: source.inputs, outputs: source.outputs.map((_, i) => new Tensor(source, i)) };
  }

  #copy(node: Node, segment: Segment): Node {
    const done = this.#copies.get(node);
    if (done) return done;
    const inputs = node.inputs.map((input) =>
      segments.get(input.node) === segment
        ? new Tensor(this.#copy(input.node, segment), input.index)
        : this.#fence(input),
    );
    const copy = new Node(node.op, inputs, node.attrs, node.outputs);
    this.#copies.set(node, copy);
    return copy;
  }

  #fence(input: Tensor): Tensor {
    const row = this.#fences.get(input.node) ?? new Map<number, Tensor>();
    this.#fences.set(input.node, row);
    const fenced = row.get(input.index) ?? barrier(input, this.#id);
    row.set(input.index, fenced);
    return fenced;
  }
}

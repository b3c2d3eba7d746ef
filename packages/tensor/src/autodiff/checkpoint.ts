import { isInput } from "../graph/input.js";
import { Node, nextNodeId, Tensor } from "../graph/tensor.js";
import { known } from "../lookup.js";
import { barrier } from "../ops/identity.js";
import { leavesOf } from "../tree.js";

/** What a node was computed from. */
export type InputsOf = (node: Node) => readonly Tensor[];

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
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (node.id < begin || segments.get(node) === segment) continue;
      segments.set(node, segment);
      for (const input of node.inputs) stack.push(input.node);
    }
    return result;
  };

let recomputations = 0;

/** Second copies of checkpointed values, made when a backward pass first asks for them. */
export class Recomputation {
  readonly #copies = new Map<Node, Node>();
  readonly #fences = new Map<Tensor["node"], Map<number, Tensor>>();
  readonly #id = recomputations++;

  constructor(readonly inputsOf: InputsOf) {}

  /** The operands and results a gradient rule may use: the node's own, or recomputed ones inside a checkpoint. */
  valuesFor(node: Node): { inputs: readonly Tensor[]; outputs: readonly Tensor[] } {
    const segment = segments.get(node);
    const source = segment ? this.#copy(node, segment) : node;
    const inputs = source === node ? this.inputsOf(node) : source.inputs;
    return { inputs, outputs: source.outputs.map((_, i) => new Tensor(source, i)) };
  }

  /** Copies a node of a segment and what it needs of the segment, operands first. */
  #copy(root: Node, segment: Segment): Node {
    const stack = [root];
    while (stack.length > 0) {
      const node = stack.at(-1)!;
      const before = stack.length;
      const inputs = this.inputsOf(node);
      for (const input of inputs)
        if (this.#recomputable(input.node, segment) && !this.#copies.has(input.node)) stack.push(input.node);
      if (stack.length > before) continue;
      stack.pop();
      if (this.#copies.has(node)) continue;
      const copied = inputs.map((input) => {
        const copy = this.#copies.get(input.node);
        return copy ? new Tensor(copy, input.index) : this.#fence(input);
      });
      this.#copies.set(node, new Node(node.op, copied, node.attrs, node.outputs));
    }
    return known(this.#copies, root);
  }

  /** Whether a node is the segment's own work. Data made within a checkpointed function, and values computed there, are inputs like any other. */
  #recomputable(node: Node, segment: Segment): boolean {
    if (segments.get(node) !== segment || isInput(node)) return false;
    return this.inputsOf(node).length > 0 || node.storages.includes(undefined);
  }

  #fence(input: Tensor): Tensor {
    const row = this.#fences.get(input.node) ?? new Map<number, Tensor>();
    this.#fences.set(input.node, row);
    const fenced = row.get(input.index) ?? barrier(input, this.#id);
    row.set(input.index, fenced);
    return fenced;
  }
}

import { isArgument } from "./input.js";
import type { Node, Tensor } from "./tensor.js";

/** Names under which a function is being differentiated right now. */
const differentiated = new Set<Node>();

/** Runs `f` while `names` stand for its arguments: what depends on them is recorded for the gradient and cannot be computed meanwhile. */
export const whileDifferentiating = <R>(names: readonly Tensor[], f: () => R): R => {
  for (const { node } of names) differentiated.add(node);
  try {
    return f();
  } finally {
    for (const { node } of names) differentiated.delete(node);
  }
};

/**
 * A tensor below `roots` that stands for more than its value: an argument of a function being traced, or of one being differentiated. Results that
 * have been computed, and the nodes in `known`, are not looked through.
 */
export const tracedBelow = (roots: readonly Tensor[], known: ReadonlySet<Node> = new Set()): Tensor | undefined => {
  const seen = new Set<Node>(known);
  const stack = [...roots];
  for (let tensor = stack.pop(); tensor; tensor = stack.pop()) {
    if (tensor.storage || seen.has(tensor.node)) continue;
    if (isArgument(tensor) || differentiated.has(tensor.node)) return tensor;
    seen.add(tensor.node);
    for (const input of tensor.node.inputs) stack.push(input);
  }
  return undefined;
};

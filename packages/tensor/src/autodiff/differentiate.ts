import { formatShape, TensorError } from "../errors.js";
import type { Attrs, Names } from "../graph/aval.js";
import type { Node, Tensor, VjpContext } from "../graph/tensor.js";
import { add } from "../ops/arithmetic.js";
import { zeros } from "../ops/constant.js";
import { sameShape } from "../shape.js";
import { type InputsOf, Recomputation } from "./checkpoint.js";

const ownInputs: InputsOf = (node) => node.inputs;

/** Inputs of the nodes from `roots` down to `targets` as they are now: a node forgets its own once it is computed, a pullback may come after that. */
export const rememberInputs = (roots: readonly Tensor[], targets: readonly Tensor[]): InputsOf => {
  const nodes = nodesBelow(roots, new Set(targets.map(({ node }) => node)));
  const remembered = new Map(nodes.map((node) => [node, node.inputs]));
  return (node) => remembered.get(node) ?? node.inputs;
};

/** Nodes below `roots` down to (and with) the `stop` nodes, each after its inputs. */
export const nodesBelow = (
  roots: readonly Tensor[],
  stop: ReadonlySet<Node> = new Set(),
  inputsOf: InputsOf = ownInputs,
): Node[] => {
  const seen = new Set<Node>();
  const stack = roots.map((root) => root.node);
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (stop.has(node)) continue;
    for (const input of inputsOf(node)) if (!seen.has(input.node)) stack.push(input.node);
  }
  return [...seen].sort((a, b) => a.id - b.id);
};

/** Cotangents gathered so far, by node and output index. */
class Cotangents {
  readonly #sums = new Map<Node, (Tensor | undefined)[]>();

  get({ node, index }: { node: Node; index: number }): Tensor | undefined {
    return this.#sums.get(node)?.[index];
  }

  has(node: Node): boolean {
    return this.#sums.has(node);
  }

  accumulate({ node, index }: Tensor, value: Tensor): void {
    const row = this.#sums.get(node) ?? new Array<Tensor | undefined>(node.outputs.length);
    row[index] = row[index] ? add(row[index], value) : value;
    this.#sums.set(node, row);
  }
}

/**
 * Reverse mode: gradients of sum_i <outputs[i], cotangents[i]> with respect to `targets`, as new graph. Undefined where nothing flows.
 * Nodes are visited from the last created to the first, so every cotangent is complete before it is passed on.
 */
export const differentiate = (
  outputs: readonly Tensor[],
  cotangents: readonly Tensor[],
  targets: readonly Tensor[],
  inputsOf: InputsOf = ownInputs,
): (Tensor | undefined)[] => {
  // Targets are independent variables, even where one was computed from another: nothing is pulled back through them.
  const wanted = new Set(targets.map((target) => target.node));
  const nodes = nodesBelow(outputs, wanted, inputsOf);
  const active = new Set<Node>();
  for (const node of nodes)
    if (
      wanted.has(node) ||
      (node.op.differentiable !== false && inputsOf(node).some((input) => active.has(input.node)))
    )
      active.add(node);

  const sums = new Cotangents();
  outputs.forEach((output, i) => {
    sums.accumulate(output, cotangents[i]!);
  });
  const recomputation = new Recomputation(inputsOf);
  for (const node of nodes.reverse()) {
    if (!active.has(node) || wanted.has(node) || !sums.has(node) || node.op.differentiable === false) continue;
    const inputs = inputsOf(node);
    const needs = (i: number): boolean => active.has(inputs[i]!.node) && inputs[i]!.dtype === "f32";
    if (!inputs.some((_, i) => needs(i))) continue;
    pullBack(node, sums, needs, recomputation).forEach((gradient, i) => {
      if (gradient && needs(i)) sums.accumulate(inputs[i]!, checked(node, inputs[i]!, i, gradient));
    });
  }
  return targets.map((target) => sums.get(target));
};

/** A gradient of another shape would be broadcast when it is added, or summed away. */
const checked = (node: Node, { shape }: Tensor, i: number, gradient: Tensor): Tensor => {
  if (gradient.dtype === "f32" && sameShape(gradient.shape, shape)) return gradient;
  throw new TensorError(
    "gradient",
    `${node.op.name}: the gradient of operand ${i} is f32${formatShape(shape)}, but its rule (vjp) gives ${gradient.dtype}${formatShape(gradient.shape)}`,
  );
};

const pullBack = (
  node: Node,
  sums: Cotangents,
  needs: (i: number) => boolean,
  recomputation: Recomputation,
): readonly (Tensor | undefined)[] => {
  const flowing = node.outputs.map((_, index) => sums.get({ node, index }));
  const { inputs, outputs } = recomputation.valuesFor(node);
  const context: VjpContext<Attrs, Names, Names> = {
    inputs,
    outputs,
    attrs: node.attrs,
    cotangents: node.outputs.map(({ shape }, i) => flowing[i] ?? zeros(shape)),
    needs,
    flows: (i) => flowing[i] !== undefined,
  };
  const gradients = node.op.vjp?.(context) ?? "decompose";
  if (gradients !== "decompose") return gradients;
  if (!node.op.decompose)
    throw new TensorError(
      "gradient",
      `${node.op.name}: has neither a gradient rule (vjp) nor a decomposition to differentiate`,
    );
  const parts = node.op.decompose(inputs, node.attrs);
  const used = parts.flatMap((part, i) => (flowing[i] ? [[part, flowing[i]] as const] : []));
  return differentiate(
    used.map(([part]) => part),
    used.map(([, cotangent]) => cotangent),
    inputs,
  );
};

import { apply } from "../graph/apply.js";
import { mapEach } from "../graph/aval.js";
import { isNodeOf } from "../graph/define.js";
import type { Node, NodeOf, Tensor } from "../graph/tensor.js";
import { addOp } from "../ops/arithmetic.js";
import { type MatmulAttrs, matmulOp } from "../ops/matmul.js";
import { reshape, reshapeOp } from "../ops/reshape.js";
import { countUses, type Graph, refOf } from "./graph.js";
import { type Rule, rewrite } from "./rewrite.js";

/** A product that has no addend yet. */
const isFree = (node: Node): node is NodeOf<MatmulAttrs, ["a", "b"]> =>
  isNodeOf(node, matmulOp) && node.inputs.length === 2;

/** Looks through reshapes as long as `may` allows. */
const behindReshapes = (tensor: Tensor, may: (reshaped: Tensor) => boolean = () => true): Tensor => {
  let at = tensor;
  while (isNodeOf(at.node, reshapeOp) && may(at)) at = at.node.inputs[0];
  return at;
};

/**
 * Folds an addition into the matrix product before it: a bias, a residual, or a gradient joined from two paths costs no pass of its own. The product
 * must have no other reader.
 */
export const foldAddends = (graph: Graph): Graph => {
  const uses = countUses(graph);
  const onlyUse = (tensor: Tensor): boolean => uses.get(refOf(tensor)) === 1;
  /** The product behind a term, if nothing else reads it. */
  const productBehind = (term: Tensor): Node | undefined => {
    const product = behindReshapes(term, onlyUse);
    return isFree(product.node) && onlyUse(product) ? product.node : undefined;
  };
  const rule: Rule = (node, inputs) => {
    if (!isNodeOf(node, addOp) || node.outputs.some(({ dtype }) => dtype !== "f32")) return undefined;
    // Uses were counted on the nodes before rewriting.
    const [first, second] = mapEach(node.inputs, productBehind);
    if (!first && !second) return undefined;
    const [a, b] = inputs;
    const [term, addend] = (first?.id ?? -1) > (second?.id ?? -1) ? [a, b] : [b, a];
    if (!term || !addend) return undefined;
    const { node: product, shape } = behindReshapes(term);
    if (!isFree(product)) return undefined;
    const sum = apply(matmulOp, [...product.inputs, reshape(addend, shape)], product.attrs);
    return [reshape(sum, term.shape)];
  };
  return rewrite(graph, rule);
};

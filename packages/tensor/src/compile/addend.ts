import { apply } from "../graph/apply.js";
import type { Op } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { addOp } from "../ops/add.js";
import { matmulOp } from "../ops/matmul.js";
import { reshape, reshapeOp } from "../ops/reshape.js";
import { countUses, type Graph, refOf } from "./graph.js";
import { type Rule, rewrite } from "./rewrite.js";

/**
 * Folds an addition into the matrix product before it: a bias, a residual, or a gradient joined from two paths costs no pass of its own. The product
 * must have no other reader.
 */
export const foldAddends = (graph: Graph): Graph => {
  const uses = countUses(graph);
  const onlyUse = (tensor: Tensor): boolean => uses.get(refOf(tensor)) === 1;
  /** The product behind `tensor`, looking through reshapes, if it is free to take an addend. */
  const productBehind = (tensor: Tensor): Tensor | undefined => {
    let at = tensor;
    while (at.node.op === (reshapeOp as Op) && onlyUse(at)) at = at.node.inputs[0]!;
    return at.node.op === (matmulOp as Op) && at.node.inputs.length === 2 && onlyUse(at) ? at : undefined;
  };
  const rule: Rule = (node, inputs) => {
    if (node.op !== (addOp as unknown as Op) || node.outputs[0]!.dtype !== "f32") return undefined;
    // Uses were counted on the nodes before rewriting.
    const products = node.inputs.map(productBehind);
    const which =
      products[0] && products[1]
        ? products[0].node.id > products[1].node.id
          ? 0
          : 1
        : products[0]
          ? 0
          : products[1]
            ? 1
            : -1;
    if (which < 0) return undefined;
    let product = inputs[which]!;
    while (product.node.op === (reshapeOp as Op)) product = product.node.inputs[0]!;
    if (product.node.op !== (matmulOp as Op) || product.node.inputs.length !== 2) return undefined;
    const addend = reshape(inputs[1 - which]!, product.shape);
    const sum = apply(matmulOp, [...product.node.inputs, addend], product.node.attrs as { readonly scale: number });
    return [reshape(sum, node.outputs[0]!.shape)];
  };
  return rewrite(graph, rule);
};

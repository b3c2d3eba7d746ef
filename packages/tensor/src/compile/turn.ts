import { apply } from "../graph/apply.js";
import { isNodeOf } from "../graph/define.js";
import { matmulOp } from "../ops/matmul.js";
import { permuteOp, transpose } from "../ops/permute.js";
import { countUses, type Graph, refOf } from "./graph.js";
import { type Rule, rewrite } from "./rewrite.js";

/** Whether a permutation swaps the last two axes and keeps the others. */
const swapsLast = (order: readonly number[]): boolean =>
  order.length >= 2 &&
  order.every((axis, i) => axis === (i === order.length - 1 ? i - 1 : i === order.length - 2 ? i + 1 : i));

/**
 * (A B)^T = B^T A^T: a transposed product is computed transposed, which costs nothing, instead of being copied afterwards. Every gradient of a weight
 * stored (out, in) is one. The product must have no other reader.
 */
export const turnProducts = (graph: Graph): Graph => {
  const uses = countUses(graph);
  const rule: Rule = (node, [product]) => {
    if (!isNodeOf(node, permuteOp) || !swapsLast(node.attrs.order)) return undefined;
    const [before] = node.inputs;
    if (!isNodeOf(before.node, matmulOp) || uses.get(refOf(before)) !== 1) return undefined;
    if (!product || !isNodeOf(product.node, matmulOp)) return undefined;
    const [a, b, addend] = product.node.inputs;
    const turned = [transpose(b), transpose(a)] as const;
    return [apply(matmulOp, addend ? [...turned, transpose(addend)] : turned, product.node.attrs)];
  };
  return rewrite(graph, rule);
};

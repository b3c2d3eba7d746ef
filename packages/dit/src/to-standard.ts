import type { Conditioning, DitConfig } from "@isoflop/flops";
import { concat, split, Tensor } from "@isoflop/tensor";
import type { QueryKeyValue } from "./block.js";
import { checkParams } from "./check-params.js";
import type { CrossAttention } from "./cross-attention.js";
import { type Dit, dit } from "./dit.js";
import { type DitParams, resolveAs, specsOf } from "./network.js";
import { type Linear, namedSpecs } from "./spec.js";

/** A model and its parameters. */
export interface ModelWithParams<K extends Conditioning> {
  readonly model: Dit<K>;
  readonly params: DitParams<K>;
}

/** The first of three parts of a matrix of queries, keys and values. */
const firstThird = (x: Tensor, by: number): Tensor => {
  const [q, k, v] = split(x, 3, 0) as [Tensor, Tensor, Tensor];
  return concat([q.mul(by), k, v], 0) as Tensor;
};

const scaled = ({ weight, bias }: Linear, scale: (x: Tensor) => Tensor): Linear => ({
  weight: scale(weight),
  bias: scale(bias),
});

/** Queries of every attention times `by`: their norm's scale where they have one, which takes out what comes before it. */
const queriesTimes = (node: unknown, by: number): unknown => {
  if (typeof node !== "object" || node === null || node instanceof Tensor) return node;
  if (Array.isArray(node)) return node.map((each) => queriesTimes(each, by));
  if ("qkv" in node) {
    const { qkv, ln_q } = node as QueryKeyValue;
    const own = ln_q ? { ln_q: { weight: ln_q.weight.mul(by) } } : { qkv: scaled(qkv, (x) => firstThird(x, by)) };
    return { ...node, ...own };
  }
  if ("q_linear" in node) {
    const { q_linear, q_norm } = node as CrossAttention;
    const own = q_norm
      ? { q_norm: { weight: q_norm.weight.mul(by) } }
      : { q_linear: scaled(q_linear, (x) => x.mul(by) as Tensor) };
    return { ...node, ...own };
  }
  return Object.fromEntries(Object.entries(node).map(([name, each]) => [name, queriesTimes(each, by)]));
};

/**
 * A model under muP as one of the standard parameterization that computes the same: what muP multiplies attention by besides
 * 1 / √(head width) goes into its queries, of `attend`, `attendTo` and joint blocks. Other code then reads the weights in any layout; to be trained on it is no
 * longer under muP. A standard model comes back as it is.
 * @throws DitError("weights") for parameters of another config
 */
export const toStandard = <K extends Conditioning>(model: Dit<K>, params: DitParams<K>): ModelWithParams<K> => {
  const resolved = resolveAs(model.config);
  checkParams(resolved, namedSpecs(specsOf(resolved)), params);
  const { parameterization: _, ...rest } = model.config;
  if (resolved.parameterization.kind === "standard") return { model, params };
  const by = resolved.attentionScale / (resolved.width / resolved.heads) ** -0.5;
  const plain = dit(rest as DitConfig & { readonly conditioning: K });
  return { model: plain, params: by === 1 ? params : (queriesTimes(params, by) as DitParams<K>) };
};

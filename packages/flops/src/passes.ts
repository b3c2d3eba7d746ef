import type { DitConfig } from "./config.js";
import {
  type Convention,
  checkConvention,
  conventions,
  type EstimateMethod,
  type ProductMethod,
} from "./convention.js";
import { add, type Count, type CountLine, countOf, scale } from "./count.js";
import { oneOf } from "./errors.js";
import type { Layer } from "./layers.js";
import { parameters, tokensPerSample } from "./parameters.js";
import { charges, products } from "./products.js";
import { layers, resolve } from "./resolve.js";

/** The layers as a convention sees them: the experts of a mixture as they are computed, or as far as they are active. */
const layersOf = (config: DitConfig, { experts }: ProductMethod): readonly Layer[] =>
  experts === "active" ? layers(config).map((layer) => ({ ...layer, ...layer.active })) : layers(config);

const forwardLines = (all: readonly Layer[], convention: Convention, method: ProductMethod): CountLine[] => {
  const perMac = convention.unit === "flop" ? 2 : 1;
  return all.flatMap((layer): CountLine[] => {
    const lines = products(layer, method).map(({ path, part, macs }) => ({ path, part, value: perMac * macs }));
    const charged = charges(layer, method);
    if (charged === 0) return lines;
    return [...lines, { path: `${layer.path} (elements)`, part: layer.part, value: charged }];
  });
};

/** dW and dX of weighted products, both operands' gradients of Q Kᵀ and P V, and Q Kᵀ again where it is fused. */
const backwardLines = (all: readonly Layer[], convention: Convention, method: ProductMethod): CountLine[] => {
  const perMac = convention.unit === "flop" ? 2 : 1;
  const again = convention.backward === "exactFused" ? 1 : 0;
  return all.flatMap((layer) =>
    products(layer, method).map(({ path, part, macs, gradients, recomputed }) => ({
      path,
      part,
      value: perMac * macs * (gradients + (recomputed ? again : 0)),
    })),
  );
};

/** 2N per token, and attention by the rule's coefficient. */
const estimateLines = (config: DitConfig, convention: Convention, method: EstimateMethod): CountLine[] => {
  const { depth, width } = resolve(config);
  const tokens = tokensPerSample(config, convention.tokens);
  const products = 2 * parameters(config)[method.parameters] * tokens;
  const attention = method.attention * depth * width * tokens ** 2;
  const lines: CountLine[] = [{ path: "2·N·tokens", part: "estimate", value: products }];
  return attention > 0 ? [...lines, { path: "attention", part: "estimate", value: attention }] : lines;
};

/**
 * Work of one forward pass of one sample.
 * @throws FlopsError if the config or the convention is wrong.
 */
export const forward = (config: DitConfig, convention: Convention = conventions.exact): Count => {
  checkConvention(convention);
  const { method } = convention;
  const lines =
    method.kind === "estimate"
      ? estimateLines(config, convention, method)
      : forwardLines(layersOf(config, method), convention, method);
  return countOf(convention, "sample", lines);
};

/**
 * Work of the backward pass of one sample, by the convention's rule.
 * @throws FlopsError if the config or the convention is wrong.
 */
export const backward = (config: DitConfig, convention: Convention = conventions.exact): Count => {
  checkConvention(convention);
  const { method } = convention;
  if (convention.backward === "threeTimes" || method.kind === "estimate") return scale(forward(config, convention), 2);
  return countOf(convention, "sample", backwardLines(layersOf(config, method), convention, method));
};

/**
 * What is computed again in the backward pass instead of kept: nothing, or every block (each keeps only its input).
 * Every product of a block is counted, as torch.utils.checkpoint repeats it; a compiler that drops the dead last
 * product of a block does a little less.
 */
export type Checkpointing = "none" | "blocks";

/** @throws FlopsError("config") */
export const checkCheckpointing = (checkpointing: Checkpointing): Checkpointing =>
  oneOf("config", "checkpointing", checkpointing, ["none", "blocks"]);

/** Work of training on one sample, without the optimizer (see `optimizerStep`). */
export interface TrainingCount {
  readonly forward: Count;
  readonly backward: Count;
  readonly recomputation: Count;
  readonly total: Count;
}

const inBlock = ({ path }: { readonly path: string }) => path.includes("blocks.*");

/**
 * Forward, backward and recomputation for one sample.
 * An estimate has no blocks, so checkpointing repeats its whole forward pass.
 * @throws FlopsError if the config or the convention is wrong.
 */
export const training = (
  config: DitConfig,
  convention: Convention = conventions.exact,
  checkpointing: Checkpointing = "none",
): TrainingCount => {
  checkCheckpointing(checkpointing);
  const first = forward(config, convention);
  const repeated = convention.method.kind === "estimate" ? first.lines : first.lines.filter(inBlock);
  const recomputation = countOf(convention, "sample", checkpointing === "blocks" ? repeated : []);
  const gradients = backward(config, convention);
  return { forward: first, backward: gradients, recomputation, total: add(first, gradients, recomputation) };
};

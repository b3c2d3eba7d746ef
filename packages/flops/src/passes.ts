import { layers } from "./architectures/index.js";
import { type DitConfig, resolve } from "./config.js";
import {
  type Convention,
  checkConvention,
  conventions,
  type EstimateMethod,
  type ProductMethod,
} from "./convention.js";
import { add, type Count, type CountLine, countOf, scale } from "./count.js";
import type { Layer } from "./layers.js";
import { elements, linearMacs, oneHotMacs, scoreMacs } from "./operations.js";
import { parameters, tokensPerSample } from "./parameters.js";

type Line = CountLine & { readonly weighted: boolean };

/** Multiply-accumulates forward, one line per product of the layer. */
function productLines(layer: Layer, { attention, embeddings }: ProductMethod): Line[] {
  const { path, part, times, operation } = layer;
  const line = (value: number, weighted: boolean, suffix = ""): Line => ({
    ...{ path: path + suffix, part, value: times * value, weighted },
  });
  if (operation.kind === "attention") {
    const value = attention ? scoreMacs(operation) : 0;
    return [line(value, false, ".scores"), line(value, false, ".values")];
  }
  return [line(linearMacs(operation) + (embeddings === "oneHot" ? oneHotMacs(operation) : 0), true)];
}

function charges({ operation, times }: Layer, { elementwise }: ProductMethod): number {
  return Object.entries(elements(operation)).reduce(
    (total, [role, n]) => total + times * n * (elementwise[role as keyof typeof elementwise] ?? 0),
    0,
  );
}

function forwardLines(all: readonly Layer[], convention: Convention, method: ProductMethod): CountLine[] {
  const perMac = convention.unit === "flop" ? 2 : 1;
  return all
    .flatMap((layer) => {
      const charged = charges(layer, method);
      return productLines(layer, method).map(({ path, part, value }, i) => ({
        ...{ path, part, value: perMac * value + (i === 0 ? charged : 0) },
      }));
    })
    .filter(({ value }) => value > 0);
}

/** dW and dX of weighted products, both operands' gradients of Q Kᵀ and P V, and Q Kᵀ again where it is fused. */
function backwardLines(all: readonly Layer[], convention: Convention, method: ProductMethod): CountLine[] {
  const perMac = convention.unit === "flop" ? 2 : 1;
  const fused = convention.backward === "exactFused";
  return all.flatMap((layer) =>
    productLines(layer, method)
      .filter(({ value }) => value > 0)
      .map(({ path, part, value, weighted }) => {
        const noInput =
          layer.operation.kind === "lookup" || ("inputGradient" in layer.operation && !layer.operation.inputGradient);
        const recomputed = fused && path.endsWith(".scores");
        const gradients = weighted && noInput ? 1 : recomputed ? 3 : 2;
        return { path, part, value: perMac * gradients * value };
      }),
  );
}

/** 2N per token, and attention by the rule's coefficient. */
function estimateLines(config: DitConfig, convention: Convention, method: EstimateMethod): CountLine[] {
  const { depth, width } = resolve(config);
  const tokens = tokensPerSample(config, convention.tokens);
  const products = 2 * parameters(config)[method.parameters] * tokens;
  const attention = method.attention * depth * width * tokens ** 2;
  const lines: CountLine[] = [{ path: "2·N·tokens", part: "estimate", value: products }];
  return attention > 0 ? [...lines, { path: "attention", part: "estimate", value: attention }] : lines;
}

/**
 * Work of one forward pass of one sample.
 * @throws FlopsError if the config or the convention is wrong.
 */
export function forward(config: DitConfig, convention: Convention = conventions.exact): Count {
  checkConvention(convention);
  const { method } = convention;
  const lines =
    method.kind === "estimate"
      ? estimateLines(config, convention, method)
      : forwardLines(layers(config), convention, method);
  return countOf(convention, "sample", lines);
}

/**
 * Work of the backward pass of one sample, by the convention's rule.
 * @throws FlopsError if the config or the convention is wrong.
 */
export function backward(config: DitConfig, convention: Convention = conventions.exact): Count {
  checkConvention(convention);
  const { method } = convention;
  if (convention.backward === "threeTimes" || method.kind === "estimate") return scale(forward(config, convention), 2);
  return countOf(convention, "sample", backwardLines(layers(config), convention, method));
}

/**
 * What is computed again in the backward pass instead of kept: nothing, or every block (each keeps only its input).
 * Every product of a block is counted, as torch.utils.checkpoint repeats it; a compiler that drops the dead last
 * product of a block does a little less.
 */
export type Checkpointing = "none" | "blocks";

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
export function training(
  config: DitConfig,
  convention: Convention = conventions.exact,
  checkpointing: Checkpointing = "none",
): TrainingCount {
  const first = forward(config, convention);
  const repeated = convention.method.kind === "estimate" ? first.lines : first.lines.filter(inBlock);
  const recomputation = countOf(convention, "sample", checkpointing === "blocks" ? repeated : []);
  const gradients = backward(config, convention);
  return { forward: first, backward: gradients, recomputation, total: add(first, gradients, recomputation) };
}

import { type Context, conventions, type DitConfig, type Flops, forward, parameters, training } from "@isoflop/flops";
import { createDevice, jit, mean, spec, type Tensor, valueAndGrad } from "@isoflop/tensor";
import type { Condition } from "./condition.js";
import { parameterCount } from "./count.js";
import { dit } from "./dit.js";
import { DitError } from "./errors.js";
import { buildParams, type DitParams, resolveAs } from "./network.js";

/** What a condition of one sample looks like. */
const conditionOf = (context: Context): Condition | undefined => {
  switch (context.kind) {
    case "none":
      return undefined;
    case "classes":
      return spec([1], "i32");
    case "words":
      return spec([1, context.tokens], "i32");
    case "features": {
      const tokens = spec([1, context.tokens, context.dim]);
      const pooled = context.pooled === undefined ? undefined : spec([1, context.pooled]);
      if (context.masked) return { tokens, lengths: spec([1], "i32"), ...(pooled && { pooled }) };
      return pooled ? { tokens, pooled } : tokens;
    }
  }
};

/** FLOPs of the products of a model's graph for one sample. */
export interface TracedFlops {
  readonly forward: Flops;
  /** Forward and backward, scores of attention computed twice: `conventions.exactFused` of `@isoflop/flops`. */
  readonly training: Flops;
}

/** Counts the products of a model by tracing it on shapes alone: nothing is computed. */
export const tracedFlops = async (config: DitConfig): Promise<TracedFlops> => {
  const model = dit(config);
  using device = await createDevice("reference");
  const { height, width, channels, frames } = config.image;
  const condition = conditionOf(config.context);
  const x = spec([1, channels, ...(frames === undefined ? [] : [frames]), height, width]);
  const params = buildParams(resolveAs(config), ({ shape }) => spec(shape));
  const apply = (weights: DitParams, x: Tensor, t: Tensor, told?: Condition) =>
    model.apply(weights, x, t, told, config.guidance ? { guidance: t } : {});
  const loss = (weights: DitParams, x: Tensor, t: Tensor, told?: Condition) => mean(apply(weights, x, t, told));
  const products = <R>(f: (...all: Parameters<typeof apply>) => R): Flops => {
    const traced = jit(f, { device });
    const { flops } = traced.program(params, x, spec([1]), condition);
    traced.dispose();
    return flops.products;
  };
  return { forward: products(apply), training: products(valueAndGrad(loss)) };
};

/**
 * Holds what `@isoflop/flops` counts of a config, in closed form, to what its model is made of: parameters by part, and FLOPs of forward and
 * backward pass of the traced graph. For every config of this package they are equal to the last one; of an architecture from outside this is
 * the proof that its budgets mean what they say.
 * @throws DitError("config") naming the first number that differs, counted and traced
 */
export const checkCounted = async (config: DitConfig): Promise<void> => {
  const [counted, made] = [parameters(config), parameterCount(config)];
  const traced = await tracedFlops(config);
  const parts = new Set([...Object.keys(counted.parts), ...Object.keys(made.parts)]) as Set<keyof typeof counted.parts>;
  const numbers: readonly (readonly [what: string, counted: number, traced: number])[] = [
    ...[...parts].map((part) => [`parameters of ${part}`, counted.parts[part] ?? 0, made.parts[part] ?? 0] as const),
    ["parameters outside tables and positions", counted.nonEmbedding, made.nonEmbedding],
    ["FLOPs of a forward pass", forward(config).total, traced.forward],
    ["FLOPs of a training step", training(config, conventions.exactFused).total.total, traced.training],
  ];
  for (const [what, closed, found] of numbers)
    if (closed !== found)
      throw new DitError(
        "config",
        `the architecture of "${config.conditioning}" counts ${closed.toLocaleString("en-US")} ${what}, and its model has ${found.toLocaleString("en-US")}; correct its layers.`,
      );
};

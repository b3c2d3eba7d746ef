import { apply } from "../graph/apply.js";
import { type Aval, defineOp, type Lowering } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import type { NoAttrs } from "./elementwise.js";
import { viewReference } from "./view.js";

const infer = ([x]: readonly Aval[]): Aval[] => [{ shape: x!.shape, dtype: x!.dtype }];
const lowering: Lowering<never> = { kind: "view", layout: (input) => input };
const reference = viewReference((input) => input);

/** A new name for a value: what a transform differentiates with respect to, distinct from the same value used elsewhere. */
export const aliasOp = defineOp<NoAttrs>({
  name: "alias",
  lowering,
  infer,
  flops: () => 0,
  vjp: ({ cotangents: [g] }) => [g],
  reference,
  examples: [{ inputs: [{ shape: [3] }], attrs: {} }],
});

export const alias = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(aliasOp, [x], {}) as Tensor<S>;

export const stopGradientOp = defineOp<NoAttrs>({
  name: "stopGradient",
  lowering,
  infer,
  flops: () => 0,
  differentiable: false,
  reference,
  examples: [{ inputs: [{ shape: [3] }], attrs: {} }],
});

/** The same value, treated as a constant by differentiation. */
export const stopGradient = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(stopGradientOp, [x], {}) as Tensor<S>;

type BarrierAttrs = { readonly recomputation: number };

/** Keeps what is computed from it apart from an equal computation elsewhere: a checkpoint's second pass must not merge with its first. */
export const barrierOp = defineOp<BarrierAttrs>({
  name: "barrier",
  lowering,
  infer,
  flops: () => 0,
  vjp: ({ cotangents: [g] }) => [g],
  reference,
  examples: [{ inputs: [{ shape: [3] }], attrs: { recomputation: 0 } }],
});

export const barrier = (x: Tensor, recomputation: number): Tensor => apply(barrierOp, [x], { recomputation });

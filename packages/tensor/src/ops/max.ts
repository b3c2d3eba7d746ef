import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import type { ReduceShape } from "../types/shape.js";
import { cast } from "./cast.js";
import { div } from "./div.js";
import { equal } from "./equal.js";
import { mul } from "./mul.js";
import { neg } from "./neg.js";
import { type ReduceAttrs, reduceExamples, reduceInfer, reduceOver, reduceReference } from "./reduce.js";
import { sum } from "./sum.js";

export const maxOp = defineOp<ReduceAttrs>({
  name: "max",
  lowering: { kind: "reduce", reduce: "max" },
  infer: reduceInfer("max", ["f32", "i32", "u32"]),
  flops: () => 0,
  /** Ties share the gradient equally. */
  vjp({ inputs: [x], outputs: [y], attrs, cotangents: [g] }) {
    const hit = cast(equal(x!, y!), "f32");
    return [mul(hit, div(g!, sum(hit, attrs.axes, { keepDims: true })))];
  },
  reference: reduceReference(Number.NEGATIVE_INFINITY, Math.max),
  examples: reduceExamples,
});

/** Largest value over `axes` (all unless told); NaN wins. */
export const max = <
  S extends Shape,
  const A extends number | readonly number[] | undefined = undefined,
  const K extends boolean = false,
>(
  x: Tensor<S>,
  axes?: A,
  options: { readonly keepDims?: K } = {},
): Tensor<ReduceShape<S, A, K>> => reduceOver(maxOp, x, axes, options.keepDims) as Tensor<ReduceShape<S, A, K>>;

/** Smallest value over `axes` (all unless told); NaN wins. */
export const min = <
  S extends Shape,
  const A extends number | readonly number[] | undefined = undefined,
  const K extends boolean = false,
>(
  x: Tensor<S>,
  axes?: A,
  options: { readonly keepDims?: K } = {},
): Tensor<ReduceShape<S, A, K>> => neg(max(neg(x), axes, options)) as Tensor<ReduceShape<S, A, K>>;

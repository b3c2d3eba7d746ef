import { defineOp, type VjpContext } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import type { ReduceShape } from "../types/shape.js";
import { cast } from "./cast.js";
import { div } from "./div.js";
import { equal } from "./equal.js";
import { mul } from "./mul.js";
import {
  type ReduceAttrs,
  type ReduceOptions,
  reduceExamples,
  reduceInfer,
  reduceOver,
  reduceReference,
} from "./reduce.js";
import { sum } from "./sum.js";

/** Gradient of an extremum: ties share it equally. */
export const shareTies = ({ inputs: [x], outputs: [y], attrs, cotangents: [g] }: VjpContext<ReduceAttrs>): Tensor[] => {
  const hit = cast(equal(x!, y!), "f32");
  return [mul(hit, div(g!, sum(hit, attrs.axes, { keepDims: true })))];
};

export const maxOp = defineOp<ReduceAttrs>({
  name: "max",
  lowering: { kind: "reduce", reduce: "max" },
  infer: reduceInfer("max"),
  flops: () => 0,
  vjp: shareTies,
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
  options: ReduceOptions<K> = {},
): Tensor<ReduceShape<S, A, K>> => reduceOver(maxOp, x, axes, options) as Tensor<ReduceShape<S, A, K>>;

import type { Tensor, VjpContext } from "../graph/tensor.js";
import { div, mul } from "./arithmetic.js";
import { sum } from "./broadcast-and-sum.js";
import { cast } from "./cast.js";
import { equal } from "./comparison.js";
import { defineReduction, type ReduceAttrs, type Reduction, reduction } from "./reduce.js";

/** Gradient of an extremum: ties share it equally. */
const shareTies = ({ inputs: [x], outputs: [y], attrs, cotangents: [g] }: VjpContext<ReduceAttrs>): [Tensor] => {
  const hit = cast(equal(x, y), "f32");
  return [mul(hit, div(g, sum(hit, attrs.axes, { keepDims: true })))];
};

export const maxOp = defineReduction("max", Number.NEGATIVE_INFINITY, Math.max, { flops: () => 0, vjp: shareTies });
export const minOp = defineReduction("min", Number.POSITIVE_INFINITY, Math.min, { flops: () => 0, vjp: shareTies });

/** Largest value over `axes` (all unless told); NaN wins. */
export const max: Reduction = reduction(maxOp);

/** Smallest value over `axes` (all unless told); NaN wins. */
export const min: Reduction = reduction(minOp);

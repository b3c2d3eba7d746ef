import { defineOp } from "../graph/define.js";
import type { Tensor, VjpContext } from "../graph/tensor.js";
import { sum } from "./broadcast-and-sum.js";
import { cast } from "./cast.js";
import { div } from "./div.js";
import { equal } from "./equal.js";
import { mul } from "./mul.js";
import { type ReduceAttrs, type Reduction, reduceExamples, reduceInfer, reduceReference, reduction } from "./reduce.js";

/** Gradient of an extremum: ties share it equally. */
export const shareTies = ({ inputs: [x], outputs: [y], attrs, cotangents: [g] }: VjpContext<ReduceAttrs>): [Tensor] => {
  const hit = cast(equal(x, y), "f32");
  return [mul(hit, div(g, sum(hit, attrs.axes, { keepDims: true })))];
};

export const maxOp = defineOp<ReduceAttrs>({
  name: "max",
  lowering: { kind: "reduce", reduce: "max", axes: ({ axes }) => axes },
  infer: reduceInfer("max"),
  flops: () => 0,
  vjp: shareTies,
  reference: reduceReference(Number.NEGATIVE_INFINITY, Math.max),
  examples: reduceExamples,
});

/** Largest value over `axes` (all unless told); NaN wins. */
export const max: Reduction = reduction(maxOp);

import { defineOp } from "../graph/define.js";
import { shareTies } from "./max.js";
import { type ReduceAttrs, type Reduction, reduceExamples, reduceInfer, reduceReference, reduction } from "./reduce.js";

export const minOp = defineOp<ReduceAttrs>({
  name: "min",
  lowering: { kind: "reduce", reduce: "min", axes: ({ axes }) => axes },
  infer: reduceInfer("min"),
  flops: () => 0,
  vjp: shareTies,
  reference: reduceReference(Number.POSITIVE_INFINITY, Math.min),
  examples: reduceExamples,
});

/** Smallest value over `axes` (all unless told); NaN wins. */
export const min: Reduction = reduction(minOp);

import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import type { ReduceShape } from "../types/shape.js";
import { shareTies } from "./max.js";
import {
  type ReduceAttrs,
  type ReduceOptions,
  reduceExamples,
  reduceInfer,
  reduceOver,
  reduceReference,
} from "./reduce.js";

export const minOp = defineOp<ReduceAttrs>({
  name: "min",
  lowering: { kind: "reduce", reduce: "min" },
  infer: reduceInfer("min"),
  flops: () => 0,
  vjp: shareTies,
  reference: reduceReference(Number.POSITIVE_INFINITY, Math.min),
  examples: reduceExamples,
});

/** Smallest value over `axes` (all unless told); NaN wins. */
export const min = <
  S extends Shape,
  const A extends number | readonly number[] | undefined = undefined,
  const K extends boolean = false,
>(
  x: Tensor<S>,
  axes?: A,
  options: ReduceOptions<K> = {},
): Tensor<ReduceShape<S, A, K>> => reduceOver(minOp, x, axes, options) as Tensor<ReduceShape<S, A, K>>;

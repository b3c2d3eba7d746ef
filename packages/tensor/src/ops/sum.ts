import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { type Shape, sizeOf } from "../shape.js";
import type { ReduceShape } from "../types/shape.js";
import { broadcastTo } from "./broadcast-to.js";
import {
  type ReduceAttrs,
  type ReduceOptions,
  reduceExamples,
  reduceInfer,
  reduceOver,
  reduceReference,
} from "./reduce.js";

export const sumOp = defineOp<ReduceAttrs>({
  name: "sum",
  lowering: { kind: "reduce", reduce: "sum" },
  infer: reduceInfer("sum"),
  flops: ([x]) => (x!.dtype === "f32" ? sizeOf(x!.shape) : 0),
  vjp: ({ inputs: [x], cotangents: [g] }) => [broadcastTo(g!, x!.shape)],
  reference: reduceReference(0, (a, b) => a + b),
  examples: reduceExamples,
});

/** Sum over `axes` (all unless told); integers wrap. Reduced axes disappear, or stay with size 1 under `keepDims`. */
export const sum = <
  S extends Shape,
  const A extends number | readonly number[] | undefined = undefined,
  const K extends boolean = false,
>(
  x: Tensor<S>,
  axes?: A,
  options: ReduceOptions<K> = {},
): Tensor<ReduceShape<S, A, K>> => reduceOver(sumOp, x, axes, options) as Tensor<ReduceShape<S, A, K>>;

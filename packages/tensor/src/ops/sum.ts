import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { type Shape, sizeOf } from "../shape.js";
import type { ReduceShape } from "../types/shape.js";
import { broadcastTo } from "./broadcast-to.js";
import { type ReduceAttrs, reduceExamples, reduceInfer, reduceOver, reduceReference } from "./reduce.js";

export const sumOp = defineOp<ReduceAttrs>({
  name: "sum",
  lowering: { kind: "reduce", reduce: "sum" },
  infer: reduceInfer("sum", ["f32", "i32", "u32"]),
  flops: ([x]) => (x!.dtype === "f32" ? sizeOf(x!.shape) : 0),
  vjp: ({ inputs: [x], cotangents: [g] }) => [broadcastTo(g!, x!.shape)],
  reference: reduceReference(0, (a, b) => a + b),
  examples: reduceExamples,
});

/** Sum over `axes` (all unless told). Reduced axes disappear, or stay with size 1 under `keepDims`. */
export const sum = <
  S extends Shape,
  const A extends number | readonly number[] | undefined = undefined,
  const K extends boolean = false,
>(
  x: Tensor<S>,
  axes?: A,
  options: { readonly keepDims?: K } = {},
): Tensor<ReduceShape<S, A, K>> => reduceOver(sumOp, x, axes, options.keepDims) as Tensor<ReduceShape<S, A, K>>;

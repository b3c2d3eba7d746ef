import { rowMajor } from "../compile/layout.js";
import { formatShape, TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import { defineOp } from "../graph/define.js";
import type { Op, Tensor } from "../graph/tensor.js";
import { wrap } from "../reference-math.js";
import { resolveAxes, type Shape, sizeOf } from "../shape.js";
import type { ReduceShape } from "../types/shape.js";
import { checkOptions, checkTensor } from "./arguments.js";
import { NUMERIC } from "./elementwise.js";
import { inEveryDType } from "./examples.js";
import { reshape } from "./reshape.js";

/** Axes are sorted, distinct and not negative. The primitive keeps them with size 1; dropping them is a reshape. */
export type ReduceAttrs = { readonly axes: readonly number[] };

const keepAxes = (shape: Shape, axes: readonly number[]): number[] => shape.map((n, i) => (axes.includes(i) ? 1 : n));

/** An op that folds `combine` over axes, from `start`. */
export const defineReduction = (
  name: "sum" | "max" | "min",
  start: number,
  combine: (a: number, b: number) => number,
  rest: Pick<Op<ReduceAttrs, ["x"], ["out"]>, "flops" | "vjp">,
): Op<ReduceAttrs, ["x"], ["out"]> =>
  defineOp<ReduceAttrs>({
    name,
    lowering: { kind: "reduce", reduce: name, axes: ({ axes }) => axes },
    infer([x], { axes }) {
      if (!NUMERIC.some((dtype) => dtype === x.dtype))
        throw new TensorError(
          "dtype",
          `${name}: takes ${NUMERIC.join(" or ")}, got ${x.dtype}${formatShape(x.shape)}; use cast(x, "i32")`,
        );
      return [{ shape: keepAxes(x.shape, axes), dtype: x.dtype }];
    },
    reference([x], _, [{ shape }]) {
      const from = rowMajor(x.shape);
      const to = rowMajor(shape);
      const out = new Float64Array(sizeOf(shape)).fill(start);
      for (let i = 0; i < x.data.length; i++) {
        let at = 0;
        for (let axis = 0; axis < shape.length; axis++)
          if (shape[axis] !== 1) at += (Math.floor(i / from[axis]!) % x.shape[axis]!) * to[axis]!;
        out[at] = wrap(x.dtype, combine(out[at]!, x.data[i]!));
      }
      return [out];
    },
    examples: [
      ...inEveryDType({ inputs: [{ shape: [3, 5] }], attrs: { axes: [1] } }, ["i32", "u32"]),
      ...inEveryDType({ inputs: [{ shape: [3, 5] }], attrs: { axes: [0] } }, ["i32", "u32"]),
      { inputs: [{ shape: [2, 3, 4] }], attrs: { axes: [0, 2] } },
      { inputs: [{ shape: [2, 3, 4] }], attrs: { axes: [0, 1, 2] } },
      { inputs: [{ shape: [2, 3, 4] }], attrs: { axes: [1] } },
    ],
    ...rest,
  });

export interface ReduceOptions<K extends boolean> {
  /** Reduced axes stay, with size 1. Default false: they disappear. */
  readonly keepDims?: K;
}

/** A function that reduces over `axes` (all unless told) and drops them, unless they are to stay with size 1. `O` are its options. */
export type Reduction<O = ReduceOptions<boolean>> = <
  S extends Shape,
  const A extends number | readonly number[] | undefined = undefined,
  const K extends boolean = false,
>(
  x: Tensor<S>,
  axes?: A,
  options?: ReduceOptions<K> & O,
) => Tensor<ReduceShape<S, A, K>>;

/** A function of shapes known when it runs, as one of shapes known to the compiler too. */
export const reducing = <O = ReduceOptions<boolean>>(
  f: (x: Tensor, axes?: number | readonly number[], options?: O) => Tensor,
): Reduction<NoInfer<O>> => f as Reduction<O>;

/** The function that records an op that reduces. */
export const reduction = (op: Op<ReduceAttrs, ["x"], ["out"]>): Reduction =>
  reducing((x, axes, options = {}) => {
    checkTensor(op.name, x);
    checkOptions(op.name, options, ["keepDims"]);
    const resolved = resolveAxes(op.name, axes, x.rank);
    const kept = resolved.length === 0 ? x : apply(op, [x], { axes: resolved });
    return options.keepDims
      ? kept
      : reshape(
          kept,
          x.shape.filter((_, i) => !resolved.includes(i)),
        );
  });

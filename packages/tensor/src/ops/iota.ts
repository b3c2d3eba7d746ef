import { apply } from "../graph/apply.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { valuesFor } from "../reference-math.js";
import { checkShape, resolveAxis, type Shape, sizeAlong, sizeOf } from "../shape.js";
import { checkDType } from "./arguments.js";

type IotaAttrs = { readonly shape: Shape; readonly axis: number; readonly dtype: "f32" | "i32" | "u32" };

/** The coordinate along one axis. Costs no memory: it is inlined wherever it is used. */
export const iotaOp = defineOp<IotaAttrs, []>({
  name: "iota",
  lowering: { kind: "iota", axis: ({ axis }) => axis },
  infer(_, { shape, axis, dtype }) {
    checkDType("iota", dtype, ["f32", "i32", "u32"]);
    resolveAxis("iota", axis, shape.length);
    return [{ shape, dtype }];
  },
  differentiable: false,
  reference(_, { shape, axis }) {
    const stride = sizeOf(shape.slice(axis + 1));
    const n = sizeAlong(shape, axis);
    return [valuesFor(shape).map((_v, i) => Math.floor(i / stride) % n)];
  },
  examples: [
    { inputs: [], attrs: { shape: [4, 3], axis: 0, dtype: "f32" } },
    { inputs: [], attrs: { shape: [2, 3, 5], axis: 2, dtype: "i32" } },
    { inputs: [], attrs: { shape: [6], axis: 0, dtype: "u32" } },
  ],
});

/** `result[..., i, ...] = i` along `axis`. */
export const iota = <const S extends Shape, D extends "f32" | "i32" | "u32" = "i32">(
  shape: S,
  axis = 0,
  dtype?: D,
): Tensor<S, D> => {
  checkShape("iota", shape);
  const at = resolveAxis("iota", axis, shape.length);
  return apply(iotaOp, [], { shape: [...shape], axis: at, dtype: dtype ?? "i32" }) as Tensor<S, D>;
};

/** `[0, 1, ..., n - 1]`. */
export const arange = <D extends "f32" | "i32" | "u32" = "i32">(n: number, dtype?: D): Tensor<[number], D> =>
  iota([n], 0, dtype);

import { formatShape, TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import { defineOp } from "../graph/define.js";
import type { Op, Tensor } from "../graph/tensor.js";
import { aroundAxis, resolveAxis, type Shape, sizeOf, sizesOf } from "../shape.js";
import { checkFloats, checkOptions, checkTensor } from "./arguments.js";
import { reshape } from "./reshape.js";

type CumsumAttrs = { readonly reverse: boolean };

export const cumsumOp: Op<CumsumAttrs, ["x"], ["out"]> = defineOp<CumsumAttrs>({
  name: "cumsum",
  lowering: { kind: "call" },
  infer([x]) {
    checkFloats("cumsum", [x]);
    if (x.shape.length !== 3)
      throw new TensorError("shape", `cumsum: works on [outer, n, inner], got ${formatShape(x.shape)}`);
    return [{ shape: x.shape, dtype: "f32" }];
  },
  flops: ([x]) => sizeOf(x.shape),
  vjp: ({ attrs, cotangents: [g] }) => [apply(cumsumOp, [g], { reverse: !attrs.reverse })],
  reference([x], { reverse }) {
    const [, n, inner] = sizesOf(x.shape, 3);
    const out = Float64Array.from(x.data);
    for (let i = 0; i < out.length; i++) {
      const at = reverse ? out.length - 1 - i : i;
      const step = Math.floor(at / inner) % n;
      if (step !== (reverse ? n - 1 : 0)) out[at]! += out[reverse ? at + inner : at - inner]!;
    }
    return [out];
  },
  examples: [
    { inputs: [{ shape: [2, 4, 3] }], attrs: { reverse: false } },
    { inputs: [{ shape: [1, 5, 1] }], attrs: { reverse: true } },
  ],
});

/** Inclusive running sum along `axis`, from the end if `reverse`. */
export const cumsum = <S extends Shape>(
  x: Tensor<S>,
  axis = 0,
  options: { readonly reverse?: boolean } = {},
): Tensor<S> => {
  checkTensor("cumsum", x);
  checkOptions("cumsum", options, ["reverse"]);
  const { reverse = false } = options;
  const at = resolveAxis("cumsum", axis, x.rank);
  return reshape(apply(cumsumOp, [reshape(x, aroundAxis(x.shape, at))], { reverse }), x.shape);
};

import { sliceLayout } from "../compile/layout.js";
import { formatShape, TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import { mapEach } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { resolveAxis, sameShape, sizeAlong, sizeOf } from "../shape.js";
import { checkList, checkTensor } from "./arguments.js";
import { inEveryDType } from "./examples.js";
import { reshape } from "./reshape.js";
import { slice } from "./slice-and-pad.js";

type ConcatAttrs = { readonly axis: number };

export const concatOp = defineOp<ConcatAttrs, ["first", ...string[]]>({
  name: "concat",
  lowering: {
    kind: "windows",
    windows(output, inputs, { axis }) {
      const one = output.shape.map(() => 1);
      let at = 0;
      return inputs.map((x) => {
        const start = x.shape.map((_, i) => (i === axis ? at : 0));
        at += sizeAlong(x.shape, axis);
        return sliceLayout(output, start, one, x.shape);
      });
    },
  },
  infer(inputs, { axis }) {
    const [first] = inputs;
    for (const x of inputs) {
      if (x.dtype !== first.dtype)
        throw new TensorError(
          "dtype",
          `concat: operands have dtypes ${first.dtype} and ${x.dtype}; cast one so that they agree`,
        );
      if (x.shape.length !== first.shape.length || x.shape.some((n, i) => i !== axis && n !== first.shape[i]))
        throw new TensorError(
          "shape",
          `concat: ${inputs.map((y) => formatShape(y.shape)).join(", ")} must agree everywhere but along axis ${axis}`,
        );
    }
    const total = inputs.reduce((sum, x) => sum + sizeAlong(x.shape, axis), 0);
    return [{ shape: first.shape.map((n, i) => (i === axis ? total : n)), dtype: first.dtype }];
  },
  flops: () => 0,
  vjp({ inputs, attrs: { axis }, cotangents: [g] }) {
    let at = 0;
    return mapEach(inputs, (x) => {
      const start = at;
      at += sizeAlong(x.shape, axis);
      return slice(
        g,
        x.shape.map((_, i) => (i === axis ? { start, stop: at } : null)),
      );
    });
  },
  reference(inputs, { axis }, [output]) {
    const out = new Float64Array(sizeOf(output.shape));
    const row = sizeOf(output.shape.slice(axis));
    let at = 0;
    for (const { shape, data } of inputs) {
      const width = sizeOf(shape.slice(axis));
      for (let r = 0; r * width < data.length; r++) out.set(data.subarray(r * width, (r + 1) * width), r * row + at);
      at += width;
    }
    return [out];
  },
  examples: [
    ...inEveryDType({ inputs: [{ shape: [3, 2] }, { shape: [3, 4] }], attrs: { axis: 1 } }),
    { inputs: [{ shape: [1, 3] }, { shape: [2, 3] }, { shape: [1, 3] }], attrs: { axis: 0 } },
  ],
});

/** Joins tensors along an axis; all other sizes must agree. */
export const concat = (inputs: readonly Tensor[], axis = 0): Tensor => {
  const [first, ...rest] = nonEmpty("concat", inputs);
  const at = resolveAxis("concat", axis, first.rank);
  return rest.length === 0 ? first : apply(concatOp, [first, ...rest], { axis: at });
};

const nonEmpty = (name: string, inputs: readonly Tensor[]): readonly [Tensor, ...Tensor[]] => {
  checkList(name, "the operands", inputs);
  for (const x of inputs) checkTensor(name, x);
  const [first, ...rest] = inputs;
  if (!first) throw new TensorError("shape", `${name}: needs at least one operand`);
  return [first, ...rest];
};

/** Joins tensors of one shape along a new axis. */
export const stack = (inputs: readonly Tensor[], axis = 0): Tensor => {
  const [{ shape }] = nonEmpty("stack", inputs);
  const at = resolveAxis("stack", axis, shape.length + 1);
  if (!inputs.every((x) => sameShape(x.shape, shape)))
    throw new TensorError(
      "shape",
      `stack: ${inputs.map((x) => formatShape(x.shape)).join(", ")} must be one shape; concat joins along an axis they have`,
    );
  return concat(
    inputs.map((x) => reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)])),
    at,
  );
};

import { sliceLayout } from "../compile/layout.js";
import { formatShape, formatShapes, TensorError } from "../errors.js";
import { apply, applyAll } from "../graph/apply.js";
import { mapEach } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { resolveAxis, sameShape, sizeAlong, sizeOf } from "../shape.js";
import { checkList, checkTensor, checkWhole } from "./arguments.js";
import { inEveryDType } from "./examples.js";
import { reshape } from "./reshape.js";
import { slice } from "./slice-and-pad.js";

/** Neighbouring parts of `x` of these sizes along an axis. */
const cut = <const N extends readonly number[]>(x: Tensor, axis: number, sizes: N): { [I in keyof N]: Tensor } => {
  let at = 0;
  return mapEach(sizes, (size) => {
    const start = at;
    at += size;
    return slice(
      x,
      x.shape.map((_, i) => (i === axis ? { start, stop: at } : null)),
    );
  });
};

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
        throw new TensorError("shape", `concat: ${formatShapes(inputs)} must agree everywhere but along axis ${axis}`);
    }
    const total = inputs.reduce((sum, x) => sum + sizeAlong(x.shape, axis), 0);
    return [{ shape: first.shape.map((n, i) => (i === axis ? total : n)), dtype: first.dtype }];
  },
  vjp({ inputs, attrs: { axis }, cotangents: [g] }) {
    const sizes = mapEach(inputs, (x) => sizeAlong(x.shape, axis));
    return cut(g, axis, sizes);
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
      `stack: ${formatShapes(inputs)} must be one shape; concat joins along an axis they have`,
    );
  return concat(
    inputs.map((x) => reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)])),
    at,
  );
};

type SplitAttrs = { readonly axis: number; readonly sizes: readonly number[] };

/** One op rather than several slices, so that its gradient is one concatenation and not a sum of padded copies. */
export const splitOp = defineOp<SplitAttrs, ["x"], string[]>({
  name: "split",
  lowering: { kind: "composite" },
  infer([x], { axis, sizes }) {
    for (const size of sizes) checkWhole("split", "a size", size, 1);
    if (sizes.reduce((sum, n) => sum + n, 0) !== x.shape[axis])
      throw new TensorError(
        "shape",
        `split: sizes [${sizes.join(", ")}] must add up to ${x.shape[axis]}, the size of axis ${axis} of ${formatShape(x.shape)}`,
      );
    return sizes.map((size) => ({ shape: x.shape.map((n, i) => (i === axis ? size : n)), dtype: x.dtype }));
  },
  flops: () => 0,
  vjp: ({ attrs, cotangents }) => [concat(cotangents, attrs.axis)],
  decompose: ([x], { axis, sizes }) => cut(x, axis, sizes),
  examples: [
    ...inEveryDType({ inputs: [{ shape: [3, 6] }], attrs: { axis: 1, sizes: [1, 2, 3] } }),
    { inputs: [{ shape: [4, 2] }], attrs: { axis: 0, sizes: [2, 2] } },
  ],
});

/** Cuts `x` along an axis into parts of the given sizes (or into `parts` equal ones). */
export const split = (x: Tensor, parts: number | readonly number[], axis = 0): Tensor[] => {
  checkTensor("split", x);
  const at = resolveAxis("split", axis, x.rank);
  if (typeof parts === "number") checkWhole("split", "the number of parts", parts, 1);
  else checkList("split", "sizes", parts);
  if (typeof parts === "number" && sizeAlong(x.shape, at) % parts !== 0)
    throw new TensorError(
      "shape",
      `split: axis ${at} of ${formatShape(x.shape)} does not divide into ${parts} equal parts`,
    );
  const sizes = typeof parts === "number" ? new Array<number>(parts).fill(sizeAlong(x.shape, at) / parts) : [...parts];
  return [...applyAll(splitOp, [x], { axis: at, sizes })];
};

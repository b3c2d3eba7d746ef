import { rowMajor, sliceLayout } from "../compile/layout.js";
import { formatShape, TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import { type Aval, defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { sameShape, sizeOf } from "../shape.js";
import { checkElement, checkList, checkOptions, checkTensor } from "./arguments.js";
import { inEveryDType } from "./examples.js";
import { slice } from "./slice.js";

type PadAttrs = {
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly gap: readonly number[];
  readonly value: number;
};

const paddedShape = (x: Aval, { low, high, gap }: PadAttrs): number[] =>
  x.shape.map((n, i) => low[i]! + n + (n - 1) * gap[i]! + high[i]!);

export const padOp = defineOp<PadAttrs>({
  name: "pad",
  lowering: {
    kind: "windows",
    windows: (output, [x], { low, gap }) => [
      sliceLayout(
        output,
        low,
        gap.map((n) => n + 1),
        x!.shape,
      ),
    ],
    fill: ({ value }) => value,
  },
  infer([x], attrs) {
    const { low, high, gap } = attrs;
    if (
      [low, high, gap].some(
        (list) => list.length !== x!.shape.length || list.some((n) => !Number.isInteger(n) || n < 0),
      )
    )
      throw new TensorError(
        "shape",
        `pad: low [${low.join(", ")}], high [${high.join(", ")}] and gap [${gap.join(", ")}] need one whole number of at least 0 for each axis of ${formatShape(x!.shape)}`,
      );
    return [{ shape: paddedShape(x!, attrs), dtype: x!.dtype }];
  },
  flops: () => 0,
  vjp({ inputs: [x], attrs: { low, gap }, cotangents: [g] }) {
    return [
      slice(
        g!,
        x!.shape.map((n, i) => ({ start: low[i]!, stop: low[i]! + (n - 1) * (gap[i]! + 1) + 1, step: gap[i]! + 1 })),
      ),
    ];
  },
  reference([x], attrs) {
    const shape = paddedShape(x!, attrs);
    const strides = rowMajor(shape);
    const source = rowMajor(x!.shape);
    const out = new Float64Array(sizeOf(shape)).fill(attrs.value);
    for (let i = 0; i < x!.data.length; i++) {
      let at = 0;
      for (let axis = 0; axis < shape.length; axis++) {
        const coordinate = Math.floor(i / source[axis]!) % x!.shape[axis]!;
        at += (attrs.low[axis]! + coordinate * (attrs.gap[axis]! + 1)) * strides[axis]!;
      }
      out[at] = x!.data[i]!;
    }
    return [out];
  },
  examples: [
    ...inEveryDType({
      inputs: [{ shape: [3, 4] }],
      attrs: { low: [1, 0], high: [0, 2], gap: [0, 0], value: 0 },
    }),
    { inputs: [{ shape: [3], dtype: "i32" }], attrs: { low: [1], high: [0], gap: [0], value: -7 } },
    { inputs: [{ shape: [3, 2] }], attrs: { low: [0, 1], high: [1, 1], gap: [1, 0], value: 1.5 } },
  ],
});

/**
 * Surrounds `x` with `value`. `widths[i]` is [before, after] along axis `i`; `gap[i]` further elements go between
 * neighbours (the transpose of a strided slice).
 */
export const pad = (
  x: Tensor,
  widths: readonly (readonly [number, number])[],
  options: { readonly value?: number; readonly gap?: readonly number[] } = {},
): Tensor => {
  checkTensor("pad", x);
  checkOptions("pad", options, ["value", "gap"]);
  const { value = 0, gap = x.shape.map(() => 0) } = options;
  checkElement("pad", value, x.dtype);
  checkList("pad", "gap", gap);
  checkList("pad", "widths", widths);
  for (const width of widths) checkList("pad", "each of widths", width);
  const padded = apply(padOp, [x], {
    low: widths.map(([a]) => a),
    high: widths.map(([, b]) => b),
    gap: [...gap],
    value,
  });
  return sameShape(padded.shape, x.shape) ? x : padded;
};

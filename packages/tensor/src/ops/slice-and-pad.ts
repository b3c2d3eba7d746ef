import { rowMajor, sliceLayout } from "../compile/layout.js";
import { formatShape, TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import type { Aval } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { resolveAxes, type Shape, sameShape, sizeAlong, sizeOf } from "../shape.js";
import { checkElement, checkList, checkOptions, checkTensor } from "./arguments.js";
import { inEveryDType } from "./examples.js";
import { viewReference } from "./view.js";

type SliceAttrs = { readonly start: readonly number[]; readonly step: readonly number[]; readonly shape: Shape };

export const sliceOp = defineOp<SliceAttrs>({
  name: "slice",
  lowering: { kind: "view", layout: (input, _, { start, step, shape }) => sliceLayout(input, start, step, shape) },
  infer([x], { start, step, shape }) {
    const fits = x.shape.every((n, i) => {
      const [from = Number.NaN, by = 0, count = Number.NaN] = [start[i], step[i], shape[i]];
      const last = from + by * (count - 1);
      const whole = [from, by, count].every(Number.isInteger);
      return whole && by !== 0 && from >= 0 && from < n && last >= 0 && last < n;
    });
    if (!fits || shape.length !== x.shape.length)
      throw new TensorError(
        "shape",
        `slice: ${formatShape(shape)} elements from [${start.join(", ")}] in steps of [${step.join(", ")}] leave the operand ${formatShape(x.shape)}`,
      );
    return [{ shape, dtype: x.dtype }];
  },
  vjp: ({ inputs: [x], attrs, cotangents: [g] }) => [unslice(g, x.shape, attrs)],
  reference: viewReference((input, { start, step, shape }) => sliceLayout(input, start, step, shape)),
  examples: [
    ...inEveryDType({ inputs: [{ shape: [5, 7] }], attrs: { start: [1, 0], step: [1, 2], shape: [3, 4] } }),
    { inputs: [{ shape: [6] }], attrs: { start: [5], step: [-1], shape: [6] } },
    { inputs: [{ shape: [4, 3] }], attrs: { start: [3, 1], step: [-2, 1], shape: [2, 2] } },
  ],
});

/** Puts a cotangent of a slice back where it came from, zeros elsewhere: flip, spread by the step, pad. */
const unslice = (g: Tensor, shape: Shape, { start, step }: SliceAttrs): Tensor => {
  const flipped = flip(
    g,
    step.flatMap((s, axis) => (s < 0 ? [axis] : [])),
  );
  const axes = shape.map((n, i) => {
    const [from = 0, by = 1, count] = [start[i], step[i], sizeAlong(g.shape, i)];
    const gap = Math.abs(by) - 1;
    const low = by < 0 ? from + by * (count - 1) : from;
    return { gap, width: [low, n - low - 1 - (count - 1) * (gap + 1)] as const };
  });
  return pad(
    flipped,
    axes.map(({ width }) => width),
    { gap: axes.map(({ gap }) => gap) },
  );
};

export interface Range {
  /** First index; counted from the end if negative. Default: the beginning (the end for a negative step). */
  readonly start?: number;
  /** One past the last index; counted from the end if negative. Default: the end. */
  readonly stop?: number;
  /** Default 1. May be negative. */
  readonly step?: number;
}

/**
 * Takes a range along each leading axis, as `x[a:b:s, ...]` does in NumPy. `null` or a missing entry keeps the axis; a number takes one
 * index and keeps the axis with size 1.
 */
export const slice = (x: Tensor, ranges: readonly (Range | number | null)[]): Tensor => {
  checkTensor("slice", x);
  checkList("slice", "ranges", ranges);
  if (ranges.length > x.rank)
    throw new TensorError(
      "shape",
      `slice: ${ranges.length} ranges for ${formatShape(x.shape)}, which has ${x.rank} axes`,
    );
  const start: number[] = [];
  const step: number[] = [];
  const shape: number[] = [];
  x.shape.forEach((n, axis) => {
    const given = ranges[axis] ?? {};
    const range = typeof given === "number" ? { start: given, stop: given === -1 ? n : given + 1 } : given;
    checkRange(range, axis);
    const by = range.step ?? 1;
    const from = normalise(range.start, n, by < 0 ? n - 1 : 0);
    const to = normalise(range.stop, n, by < 0 ? -1 : n);
    const count = Math.ceil((to - from) / by);
    if (by === 0 || !(count >= 1) || from < 0 || from >= n)
      throw new TensorError(
        "shape",
        `slice: ${JSON.stringify(given)} selects nothing along axis ${axis} of ${formatShape(x.shape)}; start must lie in 0 to ${n - 1} and stop beyond it`,
      );
    start.push(from);
    step.push(by);
    shape.push(Math.min(count, by > 0 ? Math.floor((n - 1 - from) / by) + 1 : Math.floor(from / -by) + 1));
  });
  const whole = shape.every((n, i) => n === x.shape[i] && step[i] === 1);
  return whole ? x : apply(sliceOp, [x], { start, step, shape });
};

const checkRange = (range: Range, axis: number): void => {
  checkOptions("slice", range, ["start", "stop", "step"]);
  for (const [name, value] of Object.entries(range))
    if (value !== undefined && !Number.isInteger(value))
      throw new TensorError("shape", `slice: ${name} along axis ${axis} must be a whole number, got ${String(value)}`);
};

const normalise = (index: number | undefined, n: number, otherwise: number): number =>
  index === undefined ? otherwise : index < 0 ? index + n : index;

/** Reverses the given axes (all unless told). */
export const flip = (x: Tensor, axes?: number | readonly number[]): Tensor => {
  checkTensor("flip", x);
  const reversed = resolveAxes("flip", axes, x.rank);
  if (reversed.length === 0) return x;
  return apply(sliceOp, [x], {
    start: x.shape.map((n, i) => (reversed.includes(i) ? n - 1 : 0)),
    step: x.shape.map((_, i) => (reversed.includes(i) ? -1 : 1)),
    shape: x.shape,
  });
};

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
        x.shape,
      ),
    ],
    fill: ({ value }) => value,
  },
  infer([x], attrs) {
    const { low, high, gap } = attrs;
    if (
      [low, high, gap].some((list) => list.length !== x.shape.length || list.some((n) => !Number.isInteger(n) || n < 0))
    )
      throw new TensorError(
        "shape",
        `pad: low [${low.join(", ")}], high [${high.join(", ")}] and gap [${gap.join(", ")}] need one whole number of at least 0 for each axis of ${formatShape(x.shape)}`,
      );
    return [{ shape: paddedShape(x, attrs), dtype: x.dtype }];
  },
  vjp({ inputs: [x], attrs: { low, gap }, cotangents: [g] }) {
    return [
      slice(
        g,
        x.shape.map((n, i) => ({ start: low[i]!, stop: low[i]! + (n - 1) * (gap[i]! + 1) + 1, step: gap[i]! + 1 })),
      ),
    ];
  },
  reference([x], attrs) {
    const shape = paddedShape(x, attrs);
    const strides = rowMajor(shape);
    const source = rowMajor(x.shape);
    const out = new Float64Array(sizeOf(shape)).fill(attrs.value);
    for (let i = 0; i < x.data.length; i++) {
      let at = 0;
      for (let axis = 0; axis < shape.length; axis++) {
        const coordinate = Math.floor(i / source[axis]!) % x.shape[axis]!;
        at += (attrs.low[axis]! + coordinate * (attrs.gap[axis]! + 1)) * strides[axis]!;
      }
      out[at] = x.data[i]!;
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

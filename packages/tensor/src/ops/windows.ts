import { formatShape, TensorError } from "../errors.js";
import type { Aval } from "../graph/aval.js";
import type { Tensor } from "../graph/tensor.js";
import { hasRank, sizesOf } from "../shape.js";
import { spelled } from "../spelled.js";
import { checkFloats, checkWhole } from "./arguments.js";
import { permute } from "./permute.js";
import { pad, slice } from "./slice-and-pad.js";

/** Of rows and of columns. */
export type Pair = readonly [rows: number, columns: number];

/** How windows slide over images [batch, rows, columns, channels]. */
export type Windows = {
  readonly stride: Pair;
  /** Distance between the points of a window. */
  readonly dilation: Pair;
  readonly padding: readonly [top: number, bottom: number, left: number, right: number];
};

/** How images lie: channels before rows and columns, as in PyTorch, or after them, as in TensorFlow. */
export type ImageLayout = "NCHW" | "NHWC";

export interface WindowOptions {
  /** Step between windows, along rows and along columns. */
  readonly stride?: number | Pair;
  /** Distance between the points of a window. Default 1. */
  readonly dilation?: number | Pair;
  /**
   * What surrounds the image: so much on every side, or [[top, bottom], [left, right]]. "same" makes ceil(size / stride) windows, the odd one of an
   * uneven padding after the image, as TensorFlow does. Default 0.
   */
  readonly padding?: number | "same" | readonly [Pair, Pair];
  /** Default "NCHW". */
  readonly layout?: ImageLayout;
}

export const windowOptionNames = ["stride", "dilation", "padding", "layout"] as const;

/** Points from the first of a window to its last. */
const extentOf = (size: number, dilation: number): number => dilation * (size - 1) + 1;

/** A whole number or two of them. */
export const pairOf = (op: string, what: string, value: number | Pair, least: number): Pair => {
  const list = Array.isArray(value) ? value : [value, value];
  if (list.length !== 2)
    throw new TensorError("argument", `${op}: ${what} is a number or [rows, columns], got ${spelled(value)}`);
  for (const n of list) checkWhole(op, what, n, least);
  return [list[0], list[1]];
};

/** Reads what a call says of its windows of `size` over images of `rows` x `columns` pixels. */
export const readWindows = (
  op: string,
  { stride = 1, dilation = 1, padding = 0 }: WindowOptions,
  image: Pair,
  size: Pair,
): Windows => {
  const steps = pairOf(op, "stride", stride, 1);
  const gaps = pairOf(op, "dilation", dilation, 1);
  if (padding === "same") {
    const [rows, columns] = image.map((n, i) => {
      const total = Math.max(0, (Math.ceil(n / steps[i]!) - 1) * steps[i]! + extentOf(size[i]!, gaps[i]!) - n);
      return [Math.floor(total / 2), Math.ceil(total / 2)] as const;
    }) as [Pair, Pair];
    return { stride: steps, dilation: gaps, padding: [...rows, ...columns] };
  }
  if (typeof padding !== "number" && (!Array.isArray(padding) || padding.length !== 2))
    throw new TensorError(
      "argument",
      `${op}: padding is a number, "same" or [[top, bottom], [left, right]], got ${spelled(padding)}`,
    );
  const [rows, columns] = typeof padding === "number" ? [padding, padding] : padding;
  return {
    stride: steps,
    dilation: gaps,
    padding: [...pairOf(op, "padding", rows, 0), ...pairOf(op, "padding", columns, 0)],
  };
};

/** How many windows of `size` fit. @throws TensorError `shape` where x is no batch of images or too small for one */
export const countWindows = (op: string, x: Aval, [kr, kc]: Pair, { stride, dilation, padding }: Windows): Pair => {
  checkFloats(op, [x]);
  const [top, bottom, left, right] = padding;
  const [, rows, columns] = hasRank(x.shape, 4) ? x.shape : [];
  const count = (n: number, k: number, axis: 0 | 1): number =>
    Math.floor((n - extentOf(k, dilation[axis])) / stride[axis]) + 1;
  const h = count((rows ?? 0) + top + bottom, kr, 0);
  const w = count((columns ?? 0) + left + right, kc, 1);
  if (rows === undefined || !(h >= 1) || !(w >= 1))
    throw new TensorError(
      "shape",
      `${op}: images are [batch, rows, columns, channels] here and windows of ${kr} x ${kc}, ${dilation.join(" x ")} apart, fit in ${formatShape(x.shape)} padded by [${padding.join(", ")}] at least once; they do not`,
    );
  return [h, w];
};

/** Adds `value` around images, or takes pixels away where a width is negative. */
export const frame = (x: Tensor, [top, bottom, left, right]: Windows["padding"], value = 0): Tensor => {
  const [, rows, columns] = sizesOf(x.shape, 4);
  const cropped = slice(x, [
    null,
    { start: Math.max(0, -top), stop: rows + Math.min(0, bottom) },
    { start: Math.max(0, -left), stop: columns + Math.min(0, right) },
  ]);
  const [t, b, l, r] = [top, bottom, left, right].map((n) => Math.max(0, n)) as [number, number, number, number];
  return pad(
    cropped,
    [
      [0, 0],
      [t, b],
      [l, r],
      [0, 0],
    ],
    { value },
  );
};

/** For every point of a window, row by row: what lies there in each window, [batch, h, w, channels]. Outside the image lies `outside`. */
export const viewsOf = (x: Tensor, [kr, kc]: Pair, counts: Pair, windows: Windows, outside = 0): Tensor[] => {
  const framed = frame(x, windows.padding, outside);
  const range = (at: number, axis: 0 | 1) => {
    const start = at * windows.dilation[axis];
    const step = windows.stride[axis];
    return { start, stop: start + (counts[axis] - 1) * step + 1, step };
  };
  return Array.from({ length: kr * kc }, (_, i) =>
    slice(framed, [null, range(Math.floor(i / kc), 0), range(i % kc, 1)]),
  );
};

/** Visits every point of every window that lies in the image: numbers of window, of point in the window and of pixel, each in row-major order. */
export const visitPoints = (
  x: Aval,
  [kr, kc]: Pair,
  [h, w]: Pair,
  { stride, dilation, padding: [top, , left] }: Windows,
  visit: (window: number, point: number, pixel: number) => void,
): void => {
  const [batch, rows, columns] = sizesOf(x.shape, 4);
  for (let window = 0; window < batch * h * w; window++) {
    const [b, y, z] = [Math.floor(window / (h * w)), Math.floor(window / w) % h, window % w];
    for (let point = 0; point < kr * kc; point++) {
      const row = y * stride[0] - top + Math.floor(point / kc) * dilation[0];
      const column = z * stride[1] - left + (point % kc) * dilation[1];
      if (row >= 0 && row < rows && column >= 0 && column < columns)
        visit(window, point, (b * rows + row) * columns + column);
    }
  }
};

export const checkLayout = (op: string, layout: unknown): void => {
  if (layout !== "NCHW" && layout !== "NHWC")
    throw new TensorError("argument", `${op}: layout is "NCHW" or "NHWC", got ${spelled(layout)}`);
};

/** Images of a layout with their channels last, and back. */
export const channelsLast = (x: Tensor, layout: ImageLayout): Tensor =>
  layout === "NHWC" ? x : permute(x, [0, 2, 3, 1]);
export const fromChannelsLast = (x: Tensor, layout: ImageLayout): Tensor =>
  layout === "NHWC" ? x : permute(x, [0, 3, 1, 2]);

/** Sizes of images of a layout. @throws TensorError `shape` for other ranks */
export const imageSizes = (op: string, x: Aval, layout: ImageLayout) => {
  if (!hasRank(x.shape, 4))
    throw new TensorError(
      "shape",
      `${op}: images are [${layout === "NCHW" ? "batch, channels, rows, columns" : "batch, rows, columns, channels"}], got ${formatShape(x.shape)}`,
    );
  const [batch, b, c, d] = x.shape;
  const [rows, columns, channels] = layout === "NHWC" ? [b, c, d] : [c, d, b];
  return { batch, rows, columns, channels };
};

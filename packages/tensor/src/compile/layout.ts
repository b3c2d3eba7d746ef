import { type Shape, sameShape } from "../shape.js";

/** How a tensor lies in a buffer: element strides and an element offset. Stride 0 repeats one element (broadcast). */
export interface Layout {
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly offset: number;
}

/** Row-major strides without gaps. */
export const rowMajor = (shape: Shape): number[] => {
  const strides: number[] = new Array(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i]!;
  }
  return strides;
};

export const contiguous = (shape: Shape, offset = 0): Layout => ({ shape, strides: rowMajor(shape), offset });

/** True if elements lie one after the other in row-major order (dimensions of size 1 may have any stride). */
export const isContiguous = (layout: Layout): boolean => {
  const expected = rowMajor(layout.shape);
  return layout.shape.every((n, i) => n === 1 || layout.strides[i] === expected[i]);
};

export const permuteLayout = ({ shape, strides, offset }: Layout, order: readonly number[]): Layout => ({
  shape: order.map((axis) => shape[axis]!),
  strides: order.map((axis) => strides[axis]!),
  offset,
});

export const broadcastLayout = ({ shape, strides, offset }: Layout, to: Shape): Layout => {
  const lead = to.length - shape.length;
  return {
    shape: to,
    strides: to.map((n, i) => (i < lead || (shape[i - lead] === 1 && n !== 1) ? 0 : strides[i - lead]!)),
    offset,
  };
};

/** Elements `start, start + step, ...` along every axis; `shape` is the size of the result. */
export const sliceLayout = (
  layout: Layout,
  start: readonly number[],
  step: readonly number[],
  shape: Shape,
): Layout => ({
  shape,
  strides: layout.strides.map((stride, i) => stride * step[i]!),
  offset: layout.offset + layout.strides.reduce((sum, stride, i) => sum + stride * start[i]!, 0),
});

interface Run {
  readonly size: number;
  readonly stride: number;
}

/** Merges neighbouring dimensions that advance together; drops dimensions of size 1. */
const mergeRuns = (shape: Shape, strides: readonly number[]): Run[] => {
  const runs: Run[] = [];
  for (let i = 0; i < shape.length; i++) {
    if (shape[i] === 1) continue;
    const last = runs.at(-1);
    if (last && last.stride === strides[i]! * shape[i]!)
      runs[runs.length - 1] = { size: last.size * shape[i]!, stride: strides[i]! };
    else runs.push({ size: shape[i]!, stride: strides[i]! });
  }
  return runs;
};

/** The same elements under another shape, or undefined where no single set of strides can say it. */
export const reshapeLayout = (layout: Layout, shape: Shape): Layout | undefined => {
  if (sameShape(layout.shape, shape)) return layout;
  const runs = mergeRuns(layout.shape, layout.strides);
  const strides: number[] = new Array(shape.length);
  let run = runs.length - 1;
  let left = run >= 0 ? runs[run]!.size : 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const n = shape[i]!;
    if (n === 1) {
      strides[i] = 0;
      continue;
    }
    if (left === 1) {
      run--;
      left = runs[run]!.size;
    }
    if (left % n !== 0) return undefined;
    const { size, stride } = runs[run]!;
    strides[i] = stride * (size / left);
    left /= n;
  }
  return { shape, strides, offset: layout.offset };
};

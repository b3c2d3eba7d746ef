import type { PointwiseProgram, View } from "../../../compile/kernel.js";

/** An iteration space with its views, size-1 axes dropped and axes that every view walks together merged. */
export interface IterationSpace {
  readonly extents: readonly number[];
  /** `strides[v][axis]` of view v. */
  readonly strides: readonly (readonly number[])[];
  /** Where an original axis went; undefined for size-1 axes. Only meaningful for axes kept apart. */
  readonly axisOf: readonly (number | undefined)[];
  /** Group of each merged axis, as given. */
  readonly groups: readonly number[];
}

/** Axes whose coordinate the program reads; these are not merged. */
export const iotaAxes = (program: PointwiseProgram): ReadonlySet<number> =>
  new Set(program.body.flatMap((instruction) => (instruction.op === "iota" ? [instruction.axis] : [])));

/** Merges axes of `shape` for `views`, never across different `groupOf(axis)` and never an axis in `keep`. */
export const mergeAxes = (
  shape: readonly number[],
  views: readonly View[],
  keep: ReadonlySet<number>,
  groupOf: (axis: number) => number = () => 0,
): IterationSpace => {
  const extents: number[] = [];
  const groups: number[] = [];
  const strides: number[][] = views.map(() => []);
  const axisOf: (number | undefined)[] = [];
  let apart = true;
  shape.forEach((extent, axis) => {
    if (extent === 1) {
      axisOf.push(undefined);
      return;
    }
    const last = extents.length - 1;
    const joins =
      !apart &&
      !keep.has(axis) &&
      groups[last] === groupOf(axis) &&
      views.every((view, v) => strides[v]![last] === view.strides[axis]! * extent);
    if (joins) {
      extents[last] = extents[last]! * extent;
      views.forEach((view, v) => {
        strides[v]![last] = view.strides[axis]!;
      });
    } else {
      extents.push(extent);
      groups.push(groupOf(axis));
      views.forEach((view, v) => {
        strides[v]!.push(view.strides[axis]!);
      });
    }
    apart = keep.has(axis);
    axisOf.push(extents.length - 1);
  });
  return { extents, strides, axisOf, groups };
};

/**
 * Whether four neighbours along the last axis can be taken at once: in every view they are contiguous and start at a multiple of four in every
 * row, or one element stands for all of them.
 */
export const alignedAlongLast = ({ extents, strides }: IterationSpace, views: readonly View[]): boolean => {
  const last = extents.length - 1;
  return views.every((view, v) => {
    const own = strides[v]!;
    if (own[last] === 0) return true;
    return own[last] === 1 && view.offset % 4 === 0 && own.slice(0, -1).every((stride) => stride % 4 === 0);
  });
};

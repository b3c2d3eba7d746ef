import type { PointwiseProgram, View } from "../../../compile/kernel.js";

/** An iteration space with its views, size-1 axes dropped and axes that every view walks together merged. */
export interface Layout {
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
): Layout => {
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

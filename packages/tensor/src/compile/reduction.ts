import type { Shape } from "../shape.js";

/** How to walk an operand so that reduced axes are neighbours: in place if they are, else moved last. */
export const reduceOrder = (
  shape: Shape,
  axes: readonly number[],
): { order: number[]; outer: number; reduced: number; inner: number } => {
  const all = [...shape.keys()];
  const span = axes.at(-1)! - axes[0]! + 1;
  const between = all.slice(axes[0]!, axes[0]! + span).filter((axis) => !axes.includes(axis) && shape[axis] !== 1);
  const product = (list: readonly number[]): number => list.reduce((p, axis) => p * shape[axis]!, 1);
  if (between.length === 0)
    return {
      order: all,
      outer: product(all.slice(0, axes[0]!)),
      reduced: product(axes),
      inner: product(all.slice(axes[0]! + span)),
    };
  const kept = all.filter((axis) => !axes.includes(axis));
  return { order: [...kept, ...axes], outer: product(kept), reduced: product(axes), inner: 1 };
};

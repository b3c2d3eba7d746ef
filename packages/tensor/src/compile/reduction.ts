import type { Shape } from "../shape.js";
import type { Unit } from "./cluster.js";
import type { Layout } from "./layout.js";

/** The same cluster over the iteration space of the reduction that absorbs it. */
export const rearranged = (unit: Unit, arrange: (layout: Layout) => Layout): Pick<Unit, "nodes" | "operands"> => ({
  nodes: unit.nodes,
  operands: new Map(
    [...unit.operands].map(([node, row]) => [
      node,
      row.map((source) =>
        source.kind === "load"
          ? { kind: "load" as const, load: { base: source.load.base, layout: arrange(source.load.layout) } }
          : source,
      ),
    ]),
  ),
});

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

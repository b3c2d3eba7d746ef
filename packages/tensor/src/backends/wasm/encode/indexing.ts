import type { KernelOf, View } from "../../../compile/kernel.js";
import { bitsOf } from "../../../dtype.js";
import type { cumsumOp } from "../../../ops/cumsum.js";
import type { gatherBackwardOp, gatherOp } from "../../../ops/gather.js";
import type { scatterAddOp, takeOp } from "../../../ops/take-and-scatter.js";
import { sizesOf } from "../../../shape.js";
import { Command } from "../opcodes.js";
import type { CommandStream } from "./stream.js";
import { cut } from "./tasks.js";

/** What a kernel of `assembly/indexing.ts` works on; `units` are what tasks share out. */
interface Extents {
  readonly outer: number;
  readonly axis: number;
  readonly inner: number;
  readonly count: number;
  readonly units: number;
  readonly cost: number;
}

/** Layout: `IndexWord` in opcodes.ts. Returns the units of one task. */
const encode = (
  stream: CommandStream,
  command: Command,
  extents: Extents,
  fill: number,
  operands: readonly View[],
): number => {
  const { tasks, perTask } = cut(extents.units, extents.cost);
  stream.begin(command, tasks);
  stream.push(extents.outer, extents.axis, extents.inner, extents.count, perTask, fill);
  stream.pushAddress(...operands);
  stream.end();
  return perTask;
};

/** Bytes of running sums that stay in the second-level cache. */
const SUM_BYTES = 2 ** 18;

/** What stands for an element outside the table. */
const outside = ({ dtype }: View): number => (dtype === "f32" ? bitsOf(Number.NaN) : 0);

export const encodeTake = (stream: CommandStream, { inputs, outputs }: KernelOf<typeof takeOp>): void => {
  const [table, indices] = inputs;
  const [axis, inner] = sizesOf(table.shape, 2);
  const [count] = sizesOf(indices.shape, 1);
  if (count * inner === 0) return;
  const extents = { outer: 1, axis, inner, count, units: count, cost: count * (inner + 100) };
  encode(stream, Command.Take, extents, outside(table), [table, indices, ...outputs]);
};

export const encodeScatterAdd = (stream: CommandStream, { inputs, outputs }: KernelOf<typeof scatterAddOp>): void => {
  const [axis, inner] = sizesOf(outputs[0].shape, 2);
  const [count] = sizesOf(inputs[0].shape, 1);
  if (axis * inner === 0) return;
  const extents = { outer: 1, axis, inner, count, units: axis, cost: count * (2 * inner + 10) + axis * inner };
  const owned = encode(stream, Command.ScatterAdd, extents, 0, [...inputs, ...outputs]);
  stream.needScratch(8 * inner + 4 * (owned + count));
};

export const encodeGather = (stream: CommandStream, { inputs, outputs }: KernelOf<typeof gatherOp>): void => {
  const [x, indices] = inputs;
  const [outer, axis, inner] = sizesOf(x.shape, 3);
  const [, count] = sizesOf(indices.shape, 3);
  if (outer * count * inner === 0) return;
  const extents = { outer, axis, inner, count, units: outer, cost: outer * count * inner * 15 };
  encode(stream, Command.Gather, extents, outside(x), [x, indices, ...outputs]);
};

export const encodeGatherBackward = (
  stream: CommandStream,
  { inputs, outputs }: KernelOf<typeof gatherBackwardOp>,
): void => {
  const [outer, axis, inner] = sizesOf(outputs[0].shape, 3);
  const [, count] = sizesOf(inputs[0].shape, 3);
  if (outer * axis * inner === 0) return;
  const extents = { outer, axis, inner, count, units: outer, cost: outer * inner * (count * 15 + axis) };
  const columns = Math.min(inner, Math.max(1, Math.floor(SUM_BYTES / (8 * axis))));
  encode(stream, Command.GatherBackward, extents, columns, [...inputs, ...outputs]);
  stream.needScratch(8 * axis * columns);
};

export const encodeCumsum = (stream: CommandStream, { inputs, outputs, attrs }: KernelOf<typeof cumsumOp>): void => {
  const [outer, axis, inner] = sizesOf(inputs[0].shape, 3);
  if (outer * axis * inner === 0) return;
  const extents = { outer, axis, inner, count: 0, units: outer, cost: outer * axis * inner * 15 };
  encode(stream, Command.CumSum, extents, attrs.reverse ? 1 : 0, [...inputs, ...outputs]);
};

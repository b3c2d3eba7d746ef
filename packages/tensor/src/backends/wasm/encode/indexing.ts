import type { CallKernel, View } from "../../../compile/kernel.js";
import { Op } from "../opcodes.js";
import { bitsOfFloat, type CommandStream } from "./stream.js";
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
const encode = (stream: CommandStream, op: Op, extents: Extents, fill: number, operands: readonly View[]): number => {
  const { tasks, perTask } = cut(extents.units, extents.cost);
  stream.begin(op, tasks);
  stream.push(extents.outer, extents.axis, extents.inner, extents.count, perTask, fill);
  for (const { slot, offset } of operands) stream.pushAddress(slot, offset);
  stream.end();
  return perTask;
};

/** Bytes of running sums that stay in the second-level cache. */
const SUM_BYTES = 2 ** 18;

/** What stands for an element outside the table. */
const outside = ({ dtype }: View): number => (dtype === "f32" ? bitsOfFloat(Number.NaN) : 0);

export const encodeTake = (stream: CommandStream, { inputs, outputs }: CallKernel): void => {
  const [table, indices] = inputs as [View, View];
  const [axis, inner] = table.shape as [number, number];
  const count = indices.shape[0]!;
  if (count * inner === 0) return;
  const extents = { outer: 1, axis, inner, count, units: count, cost: count * (inner + 100) };
  encode(stream, Op.Take, extents, outside(table), [table, indices, ...outputs]);
};

export const encodeScatterAdd = (stream: CommandStream, { inputs, outputs }: CallKernel): void => {
  const [indices, updates] = inputs as [View, View];
  const [axis, inner] = outputs[0]!.shape as [number, number];
  const count = indices.shape[0]!;
  if (axis * inner === 0) return;
  const extents = { outer: 1, axis, inner, count, units: axis, cost: count * (2 * inner + 10) + axis * inner };
  const owned = encode(stream, Op.ScatterAdd, extents, 0, [indices, updates, ...outputs]);
  stream.needScratch(8 * inner + 4 * (owned + count));
};

export const encodeGather = (stream: CommandStream, { inputs, outputs }: CallKernel): void => {
  const [x, indices] = inputs as [View, View];
  const [outer, axis, inner] = x.shape as [number, number, number];
  const count = indices.shape[1]!;
  if (outer * count * inner === 0) return;
  const extents = { outer, axis, inner, count, units: outer, cost: outer * count * inner * 15 };
  encode(stream, Op.Gather, extents, outside(x), [x, indices, ...outputs]);
};

export const encodeGatherBackward = (stream: CommandStream, { inputs, outputs }: CallKernel): void => {
  const [outer, axis, inner] = outputs[0]!.shape as [number, number, number];
  const count = inputs[0]!.shape[1]!;
  if (outer * axis * inner === 0) return;
  const extents = { outer, axis, inner, count, units: outer, cost: outer * inner * (count * 15 + axis) };
  const columns = Math.min(inner, Math.max(1, Math.floor(SUM_BYTES / (8 * axis))));
  encode(stream, Op.GatherBackward, extents, columns, [...inputs, ...outputs]);
  stream.needScratch(8 * axis * columns);
};

export const encodeCumsum = (stream: CommandStream, { inputs, outputs, attrs }: CallKernel): void => {
  const [outer, axis, inner] = inputs[0]!.shape as [number, number, number];
  if (outer * axis * inner === 0) return;
  const extents = { outer, axis, inner, count: 0, units: outer, cost: outer * axis * inner * 15 };
  encode(stream, Op.CumSum, extents, attrs.reverse ? 1 : 0, [inputs[0]!, ...outputs]);
};

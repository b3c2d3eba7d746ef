import { formatShape, TensorError } from "./errors.js";

/** Sizes of the dimensions, outermost first. A scalar is `[]`. */
export type Shape = readonly number[];

/** Number of elements: the product of the sizes, 1 for a scalar. */
export const sizeOf = (shape: Shape): number => shape.reduce((product, n) => product * n, 1);

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, i) => n === b[i]);

/** Shapes by their number of dimensions. */
interface Ranked {
  readonly 0: readonly [];
  readonly 1: readonly [number];
  readonly 2: readonly [number, number];
  readonly 3: readonly [number, number, number];
  readonly 4: readonly [number, number, number, number];
}

export const hasRank = <R extends keyof Ranked>(shape: Shape, rank: R): shape is Ranked[R] => shape.length === rank;

/** The sizes of a shape that was found to have this rank: a fault of this package otherwise. */
export const sizesOf = <R extends keyof Ranked>(shape: Shape, rank: R): Ranked[R] => {
  if (hasRank(shape, rank)) return shape;
  throw new TensorError("shape", `a shape of rank ${rank} was expected, got ${formatShape(shape)}`);
};

/** Rows and columns of the matrices in a shape, or their strides. */
export const lastTwo = (list: readonly number[]): readonly [number, number] => sizesOf(list.slice(-2), 2);

/** The size along an axis that is known to be there, counted from the end if negative. */
export const sizeAlong = (shape: Shape, axis: number): number => {
  const size = shape.at(axis);
  if (size === undefined) throw new TensorError("shape", `${formatShape(shape)} has no axis ${axis}`);
  return size;
};

/** The elements before an axis, along it and after it: a shape in which the axis is the middle one of three. */
export const aroundAxis = (shape: Shape, axis: number): [outer: number, along: number, inner: number] => [
  sizeOf(shape.slice(0, axis)),
  sizeAlong(shape, axis),
  sizeOf(shape.slice(axis + 1)),
];

/** Rejects what no tensor can have: fractions, negative or zero sizes (but for `unknown`), more elements than can be counted. */
export const checkShape = (op: string, shape: Shape, unknown?: number): void => {
  if (!Array.isArray(shape))
    throw new TensorError("shape", `${op}: a shape is an array of sizes such as [2, 3], got ${String(shape)}`);
  const bad = shape.findIndex((n) => n !== unknown && (!Number.isInteger(n) || n < 1));
  if (bad >= 0)
    throw new TensorError(
      "shape",
      `${op}: dimension ${bad} of ${formatShape(shape)} is ${shape[bad]}; every dimension must be a whole number of at least 1`,
    );
  if (sizeOf(shape) > Number.MAX_SAFE_INTEGER)
    throw new TensorError(
      "limit",
      `${op}: ${formatShape(shape)} has more than 2^53 elements, which cannot be counted exactly`,
    );
};

/** Kernels count the points they run over in 31 bits, also where few of them lie in memory. */
export const checkPoints = (kernel: string, shape: Shape): void => {
  if (sizeOf(shape) >= 2 ** 31)
    throw new TensorError(
      "limit",
      `${kernel}: runs over the ${sizeOf(shape)} points of ${formatShape(shape)}, and one kernel counts at most 2^31 - 1; split it`,
    );
};

/** Resolves a possibly negative axis, counting from the end as NumPy does. */
export const resolveAxis = (op: string, axis: number, rank: number): number => {
  const resolved = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || resolved < 0 || resolved >= rank)
    throw new TensorError(
      "shape",
      rank === 0
        ? `${op}: axis ${axis} does not exist; the operand is a scalar and has no axes`
        : `${op}: axis ${axis} does not exist; the operand has rank ${rank}, so axes run from ${-rank} to ${rank - 1}`,
    );
  return resolved;
};

/** Resolves a set of axes to sorted, distinct, non-negative ones; all axes when none are given. */
export const resolveAxes = (op: string, axes: number | readonly number[] | undefined, rank: number): number[] => {
  if (axes === undefined) return Array.from({ length: rank }, (_, i) => i);
  const list = typeof axes === "number" ? [axes] : axes;
  if (!Array.isArray(list))
    throw new TensorError("shape", `${op}: axes are a number or an array of numbers, got ${String(axes)}`);
  const resolved = list.map((axis) => resolveAxis(op, axis, rank)).sort((a, b) => a - b);
  const repeated = resolved.find((axis, i) => axis === resolved[i - 1]);
  if (repeated !== undefined)
    throw new TensorError("shape", `${op}: axis ${repeated} is named twice in [${list.join(", ")}]`);
  return resolved;
};

/** NumPy broadcasting: align at the last dimension; sizes must match or be 1. */
export const broadcastShapes = (op: string, a: Shape, b: Shape): number[] => {
  const rank = Math.max(a.length, b.length);
  const out: number[] = [];
  for (let i = 0; i < rank; i++) {
    const n = a[i - rank + a.length] ?? 1;
    const m = b[i - rank + b.length] ?? 1;
    if (n !== m && n !== 1 && m !== 1)
      throw new TensorError(
        "shape",
        `${op}: shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast; aligned at the last dimension, sizes must be equal or 1, but ${n} meets ${m}`,
      );
    out.push(n === 1 ? m : n);
  }
  return out;
};

/** Fills in one `-1` and checks that the number of elements stays the same. */
export const resolveReshape = (op: string, from: Shape, to: Shape): number[] => {
  checkShape(op, to, -1);
  const total = sizeOf(from);
  const unknown = to.filter((n) => n === -1).length;
  const known = to.reduce((product, n) => (n === -1 ? product : product * n), 1);
  const fits = unknown === 0 ? known === total : unknown === 1 && total % known === 0;
  if (!fits)
    throw new TensorError(
      "shape",
      `${op}: ${formatShape(from)} has ${total} elements, which do not fit ${formatShape(to)}${unknown > 1 ? "; at most one size may be -1" : ""}`,
    );
  return to.map((n) => (n === -1 ? total / known : n));
};

import type { KernelOf, View } from "../../../../compile/kernel.js";
import type { matmulOp } from "../../../../ops/matmul.js";
import { lastTwo, sizeOf } from "../../../../shape.js";
import type { Parameters } from "../../wgsl/parameters.js";

/** A matrix product taken apart: out [..batch, m, n] = scale * a [.., m, k] b [.., k, n] + addend. */
export interface Geometry {
  readonly a: View;
  readonly b: View;
  readonly addend: View | undefined;
  readonly out: View;
  readonly batch: readonly number[];
  readonly batches: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly scale: number;
}

/**
 * Terms of a sum that are added up in registers before they join the result in memory: the error of a sum then hardly grows with
 * its length. A multiple of every depth of a tile.
 */
export const BLOCK = 512;

export const each = <T>(n: number, f: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => f(i));

export const geometry = ({ inputs, outputs, attrs }: KernelOf<typeof matmulOp>): Geometry => {
  const [a, b, addend] = inputs;
  const [out] = outputs;
  const batch = out.shape.slice(0, -2);
  const [m, n] = lastTwo(out.shape);
  const [, k] = lastTwo(a.shape);
  return { a, b, addend, out, batch, batches: sizeOf(batch), m, n, k, scale: attrs.scale };
};

export const rowStride = ({ strides }: View): number => lastTwo(strides)[0];
export const columnStride = ({ strides }: View): number => lastTwo(strides)[1];

export const transposed = (view: View): View => {
  const [rows, columns] = lastTwo(view.shape);
  return {
    ...view,
    shape: [...view.shape.slice(0, -2), columns, rows],
    strides: [...view.strides.slice(0, -2), columnStride(view), rowStride(view)],
  };
};

/** Whether every row of the matrix is contiguous and starts at a multiple of four elements. */
export const hasAlignedRows = (view: View): boolean =>
  columnStride(view) === 1 &&
  lastTwo(view.shape)[1] % 4 === 0 &&
  view.offset % 4 === 0 &&
  view.strides.slice(0, -1).every((stride) => stride % 4 === 0);

/** Splits the batch index `z` into `z0`, `z1`. */
export const splitBatch = (batch: readonly number[], p: Parameters): string =>
  batch.length === 2
    ? `let inner = ${p.u32(batch[1]!)}; let z0 = z / inner; let z1 = z % inner;`
    : batch.length === 1
      ? "let z0 = z;"
      : "";

/** Where the matrix of batch `z` starts, in units of `rows` elements. */
export const matrixStart = (view: View, p: Parameters, rows: 1 | 4 = 1): string =>
  [
    p.u32(view.offset / rows),
    ...view.strides.slice(0, -2).map((stride, axis) => `z${axis} * ${p.u32(stride / rows)}`),
  ].join(" + ");

import type { View } from "../../../../compile/kernel.js";
import { lastTwo } from "../../../../shape.js";
import type { Dispatch } from "../../dispatch.js";
import type { DispatchContext } from "../../variant.js";
import { contiguous } from "../../views.js";
import { Module } from "../../wgsl/module.js";
import { columnStride, type Geometry, matrixStart, rowStride, splitBatch } from "./geometry.js";

/** Batch axes the matrix really varies along; packing one copy serves all batches that share it. */
const ownBatch = (view: View): boolean => view.strides.slice(0, -2).some((stride) => stride !== 0);

/** Bytes of a packed matrix, for all batches that do not share one. */
export const packedBytes = (view: View, batches: number): number => {
  const [depth, extent] = lastTwo(view.shape);
  return (ownBatch(view) ? batches : 1) * depth * Math.ceil(extent / 4) * 16;
};

/**
 * Copies a matrix into rows of a multiple of four columns (the padding is zero). For a transposed or unaligned operand this one pass costs
 * far less than reading it badly for every tile of the result.
 */
export const packRows = (
  b: View,
  { batch, batches }: Geometry,
  name: string,
  context: DispatchContext,
): { dispatch: Dispatch; packed: View } => {
  const [k, n] = lastTwo(b.shape);
  const copies = ownBatch(b) ? batches : 1;
  const width = Math.ceil(n / 4) * 4;
  const slot = context.scratch(packedBytes(b, batches));
  const module = new Module(`${name} (pack)`);
  const { parameters: p } = module;
  const source = module.bind(b.slot, "f32", "read");
  const target = module.bind(slot, "f32", "read_write", 4);
  const quads = p.u32(width / 4);
  const depth = p.u32(k);
  const element = (c: number): string =>
    `select(0.0, ${source}[start + min(column + ${c}u, ${p.u32(n)} - 1u) * ${p.u32(columnStride(b))}], column + ${c}u < ${p.u32(n)})`;
  const dispatch = module.perElement(
    [
      `let column = (index % ${quads}) * 4u;`,
      `let row = (index / ${quads}) % ${depth};`,
      `let z = index / (${quads} * ${depth});`,
      splitBatch(batch, p),
      `let start = ${matrixStart(b, p)} + row * ${p.u32(rowStride(b))};`,
      `${target}[index] = vec4<f32>(${[0, 1, 2, 3].map(element).join(", ")});`,
    ],
    (copies * k * width) / 4,
  );
  const copy = contiguous(slot, [...batch, k, width]);
  const packed = ownBatch(b) ? copy : { ...copy, strides: [...batch.map(() => 0), width, 1] };
  return { dispatch, packed };
};

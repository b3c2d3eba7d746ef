import type { PointwiseKernel, View } from "../../../compile/kernel.js";
import { checkPoints } from "../../../shape.js";
import type { Dispatch } from "../dispatch.js";
import { address, coordinate, elements, range, splitIndex } from "../wgsl/address.js";
import { fromStorage, Module, toStorage } from "../wgsl/module.js";
import { programText } from "../wgsl/scalars.js";
import { alignedAlongLast, type IterationSpace, iotaAxes, mergeAxes } from "../wgsl/space.js";

/**
 * A last axis that is no multiple of four is allowed in one dimension only, where the last invocation stores what remains element
 * by element.
 */
const fitsRows = (space: IterationSpace, views: readonly View[]): boolean => {
  const rank = space.extents.length;
  return rank > 0 && (rank === 1 || space.extents[rank - 1]! % 4 === 0) && alignedAlongLast(space, views);
};

/** Lowers a pointwise kernel: four elements per invocation where memory allows, one otherwise. */
export const pointwise = (kernel: PointwiseKernel): Dispatch[] => {
  const { program, outputs } = kernel;
  checkPoints(kernel.name, program.shape);
  const { loads } = program;
  const views = [...loads, ...outputs];
  const space = mergeAxes(program.shape, views, iotaAxes(program));
  const width = fitsRows(space, views) ? 4 : 1;
  const rank = space.extents.length;
  const count = space.extents.reduce((n, extent) => n * extent, 1);
  if (count === 0) return [];

  const module = new Module(kernel.name, width);
  const { parameters, use } = module;
  const buffers = module.bindViews(loads, outputs);
  const points = width === 4 ? Math.ceil(count / 4) : count;
  const lines = [splitIndex(width === 4 ? "index * 4u" : "index", space.extents, 0, parameters)];
  const axes = range(rank);
  loads.forEach((view, i) => {
    const buffer = buffers.of(view);
    const at = address(space, i, view.offset, axes, parameters);
    const text = elements(buffer, at, width, space.strides[i]![rank - 1] === 0);
    lines.push(`let v${i} = ${fromStorage(text, buffer.type, view.dtype, width)};`);
  });
  const text = programText(program, parameters, use, (axis) => coordinate(space, axis, width));
  lines.push(text.statements);
  const tail = width === 4 && count % 4 !== 0;
  outputs.forEach((view, i) => {
    const { name, type } = buffers.of(view);
    const result = text.results[i]!;
    const at = address(space, loads.length + i, view.offset, axes, parameters);
    lines.push(`let r${i} = ${toStorage(result.name, result.dtype, type, width)};`);
    if (width === 1) lines.push(`${name}[${at}] = r${i};`);
    else if (!tail) lines.push(`${name}[(${at}) >> 2u] = r${i};`);
    else
      lines.push(`if (index < ${parameters.u32(points - 1)}) { ${name}[(${at}) >> 2u] = r${i}; }
else { for (var k = 0u; k < ${parameters.u32(count % 4)}; k++) { ${name}[(${at}) >> 2u][k] = r${i}[k]; } }`);
  });
  return [module.perElement(lines, points)];
};

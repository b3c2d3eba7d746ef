import type { PointwiseKernel, View } from "../../../compile/kernel.js";
import type { Dispatch } from "../dispatch.js";
import { address, range, splitIndex } from "../wgsl/address.js";
import type { Layout } from "../wgsl/layout.js";
import { iotaAxes, mergeAxes } from "../wgsl/layout.js";
import { fromStorage, Module, toStorage } from "../wgsl/module.js";
import { programText } from "../wgsl/scalars.js";

/**
 * Whether rows of four along the last axis line up in every view: contiguous views start at a multiple of four in every
 * row, others are constant along the axis. A row count that is no multiple of four is allowed in one dimension only,
 * where the last invocation stores what remains element by element.
 */
const fitsRows = (layout: Layout, views: readonly View[], loads: number): boolean => {
  const rank = layout.extents.length;
  const last = rank - 1;
  if (rank === 0) return false;
  if (rank > 1 && layout.extents[last]! % 4 !== 0) return false;
  return views.every((view, v) => {
    const strides = layout.strides[v]!;
    if (strides[last] === 0) return v < loads;
    return strides[last] === 1 && view.offset % 4 === 0 && strides.slice(0, -1).every((stride) => stride % 4 === 0);
  });
};

/** Lowers a pointwise kernel: four elements per invocation where memory allows, one otherwise. */
export const pointwise = (kernel: PointwiseKernel): Dispatch[] => {
  const { program, outputs } = kernel;
  const { loads } = program;
  const views = [...loads, ...outputs];
  const layout = mergeAxes(program.shape, views, iotaAxes(program));
  const width = fitsRows(layout, views, loads.length) ? 4 : 1;
  const rank = layout.extents.length;
  const count = layout.extents.reduce((n, extent) => n * extent, 1);
  if (count === 0) return [];

  const module = new Module(kernel.name, width);
  const { parameters, use } = module;
  const buffers = module.bindViews(loads, outputs);
  const points = width === 4 ? Math.ceil(count / 4) : count;
  const lines = [splitIndex(width === 4 ? "index * 4u" : "index", layout.extents, 0, parameters)];
  const axes = range(rank);
  loads.forEach((view, i) => {
    const { name, type } = buffers.of(view);
    const at = address(layout, i, view.offset, axes, parameters);
    let text = width === 4 ? `${name}[(${at}) >> 2u]` : `${name}[${at}]`;
    if (width === 4 && layout.strides[i]![rank - 1] === 0) text = `vec4<${type}>(${name}[(${at}) >> 2u][(${at}) & 3u])`;
    lines.push(`let v${i} = ${fromStorage(text, type, view.dtype, width)};`);
  });
  const coordinate = (axis: number): string => {
    const merged = layout.axisOf[axis];
    if (merged === undefined) return "U(0u)";
    return width === 4 && merged === rank - 1 ? `(U(c${merged}) + vec4<u32>(0u, 1u, 2u, 3u))` : `U(c${merged})`;
  };
  const text = programText(program, parameters, use, coordinate);
  lines.push(text.statements);
  const tail = width === 4 && count % 4 !== 0;
  outputs.forEach((view, i) => {
    const { name, type } = buffers.of(view);
    const result = text.results[i]!;
    const at = address(layout, loads.length + i, view.offset, axes, parameters);
    lines.push(`let r${i} = ${toStorage(result.name, result.dtype, type, width)};`);
    if (width === 1) lines.push(`${name}[${at}] = r${i};`);
    else if (!tail) lines.push(`${name}[(${at}) >> 2u] = r${i};`);
    else
      lines.push(`if (index < ${parameters.u32(points - 1)}) { ${name}[(${at}) >> 2u] = r${i}; }
else { for (var k = 0u; k < ${parameters.u32(count % 4)}; k++) { ${name}[(${at}) >> 2u][k] = r${i}[k]; } }`);
  });
  return [module.perElement(lines, points)];
};

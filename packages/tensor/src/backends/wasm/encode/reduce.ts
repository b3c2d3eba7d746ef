import { dtypesOf, type ReduceKernel } from "../../../compile/kernel.js";
import type { DType } from "../../../dtype.js";
import { TensorError } from "../../../errors.js";
import { checkPoints } from "../../../shape.js";
import { Command, Fold, Tile } from "../opcodes.js";
import { encodePointwise } from "./pointwise.js";
import { TileProgram } from "./program.js";
import { type CommandStream, WORKSPACE } from "./stream.js";
import { cut } from "./tasks.js";

/** A reduced run is cut only into slices at least this many points long. */
const MIN_SLICE = 2048;
/** Rows are summed in f32 by blocks: longer columns are cut, so that rounding does not grow with their length. */
const MAX_SLICE_ROWS = 4096;

const folds = {
  sum: { f32: Fold.SumF, i32: Fold.SumI, u32: Fold.SumI, bool: Fold.SumI },
  max: { f32: Fold.MaxF, i32: Fold.MaxI, u32: Fold.MaxU, bool: Fold.MaxU },
  min: { f32: Fold.MinF, i32: Fold.MinI, u32: Fold.MinU, bool: Fold.MinU },
} as const;

export const encodeReduce = (stream: CommandStream, kernel: ReduceKernel): void => {
  const { program, outer, reduced, inner, output } = kernel;
  checkPoints(kernel.name, program.shape);
  const dtype = dtypesOf(program)[program.results[0]!]!;
  if (outer * inner === 0) return;
  if (reduced === 0) {
    encodeEmptySum(stream, kernel, dtype);
    return;
  }
  const tiles = new TileProgram(program, []);
  const chunks = inner === 1 ? 1 : Math.ceil(inner / Tile.Elements);
  const cost = outer * reduced * inner * (tiles.cost + 1);
  const whole = outer * chunks;
  const wanted = cut(Number.MAX_SAFE_INTEGER, cost).tasks;
  const slices =
    whole >= wanted
      ? 1
      : Math.max(1, Math.min(Math.ceil(wanted / whole), Math.floor((reduced * inner) / MIN_SLICE), reduced));
  const sliceLength = Math.min(Math.ceil(reduced / slices), inner === 1 ? reduced : MAX_SLICE_ROWS);
  const parts = Math.ceil(reduced / sliceLength);
  const { tasks, perTask } = cut(whole * parts, cost);
  stream.begin(Command.Reduce, tasks);
  stream.push(folds[kernel.reduce][dtype], outer, reduced, inner, parts, sliceLength, perTask);
  stream.pushAddress(parts > 1 ? { slot: WORKSPACE, offset: 0 } : output);
  stream.push(tiles.scratchBytes, tiles.resultOffset);
  tiles.write(stream);
  stream.end();
  stream.needScratch(tiles.scratchBytes + 2 * Tile.Bytes);
  if (parts === 1) return;
  stream.needWorkspace(outer * parts * inner * 4);
  const shape = [outer, parts, inner];
  const partial = { slot: WORKSPACE, dtype, shape, strides: [parts * inner, inner, 1], offset: 0 };
  encodeReduce(stream, { ...kernel, program: { shape, loads: [partial], body: [], results: [0] }, reduced: parts });
};

/** The sum of nothing is 0; nothing has no maximum. */
const encodeEmptySum = (stream: CommandStream, kernel: ReduceKernel, dtype: DType): void => {
  if (kernel.reduce !== "sum")
    throw new TensorError(
      "shape",
      `wasm: ${kernel.name}: the ${kernel.reduce} over a dimension of size 0 does not exist`,
    );
  const shape = [kernel.outer * kernel.inner];
  encodePointwise(stream, {
    kind: "pointwise",
    name: kernel.name,
    program: { shape, loads: [], body: [{ op: "constant", value: 0, dtype }], results: [0] },
    outputs: [{ ...kernel.output, shape, strides: [1] }],
  });
};

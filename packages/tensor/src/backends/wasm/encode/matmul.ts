import type { KernelOf, View } from "../../../compile/kernel.js";
import { BYTES_PER_ELEMENT } from "../../../dtype.js";
import { TensorError } from "../../../errors.js";
import type { matmulOp } from "../../../ops/matmul.js";
import { lastTwo, sizeOf } from "../../../shape.js";
import { tiles } from "../generated/modules.js";
import { Command } from "../opcodes.js";
import type { CommandStream } from "./stream.js";
import { cut } from "./tasks.js";

/** The longest run of k in one pass, as in assembly/gemm.ts. */
const MAX_DEPTH = 384;
/** The longest run of k summed into one place, as in assembly/matmul.ts and convolution.ts. */
export const MAX_RUN = 32768;
/** Columns whose packed panels stay in the second-level cache. */
const MAX_BLOCK_N = 256;
/** Rows that repay packing the columns once more. */
const MIN_BLOCK_M = 48;
const FEW_BLOCKS = 8;
/** Of the modules' tiles: which module runs is not known here. */
const TILES = Object.values(tiles);
const TILE_M = Math.max(...TILES.map(({ rows }) => rows));
const TILE_N = Math.max(...TILES.map(({ columns }) => columns));
/** f32 operations per tenth of a nanosecond, roughly. */
export const RATE = 5;

const roundUp = (x: number, multiple: number): number => Math.ceil(x / multiple) * multiple;

/** Scratch that `gemm` needs for one block: a tile, four packed panels of A and B's panels. */
export const gemmScratchBytes = (n: number, k: number): number =>
  Math.max(
    ...TILES.map(
      ({ rows, columns }) =>
        roundUp(rows * columns * BYTES_PER_ELEMENT, 256) +
        Math.min(k, MAX_DEPTH) * (4 * rows + roundUp(n, columns)) * BYTES_PER_ELEMENT,
    ),
  );

interface MatrixStrides {
  readonly row: number;
  readonly column: number;
  /** Strides of the two batch dimensions, outer first. */
  readonly batch: readonly [number, number];
}

const stridesOf = (view: View, batchShape: readonly number[]): MatrixStrides => {
  const [rows, columns] = lastTwo(view.shape);
  const [down, across] = lastTwo(view.strides);
  // The stride of a dimension of size 1 means nothing; 1 lets the other decide the form.
  let row = rows === 1 ? 1 : down;
  let column = columns === 1 ? 1 : across;
  if (rows === 1 && column !== 1) row = 1;
  if (columns === 1 && row !== 1) column = 1;
  const strides = view.strides.slice(0, -2).map((stride, d) => (batchShape[d] === 1 ? 0 : stride));
  return { row, column, batch: [strides.at(-2) ?? 0, strides.at(-1) ?? 0] };
};

interface Blocks {
  readonly blockM: number;
  readonly blockN: number;
}

/** Splits M and N so that there are enough blocks to share out and each repays the packing of its columns. */
export const blocksOf = (m: number, n: number, k: number, batches: number): Blocks => {
  const wanted = cut(Number.MAX_SAFE_INTEGER, (batches * 2 * m * n * k) / RATE).tasks;
  const perMatrix = Math.ceil(wanted / batches);
  const limit = n <= 1.5 * MAX_BLOCK_N ? n : MAX_BLOCK_N;
  let columns = Math.max(Math.ceil(n / limit), Math.min(perMatrix, Math.floor(n / 64)), 1);
  const rows = Math.max(1, Math.min(Math.ceil(perMatrix / columns), Math.floor(m / MIN_BLOCK_M)));
  // Few blocks, as in the weight gradient of a narrow layer: narrower columns rather than idle threads.
  if (columns * rows < Math.min(perMatrix, FEW_BLOCKS)) columns = Math.max(columns, Math.floor(n / 32));
  return { blockM: roundUp(m / rows, TILE_M), blockN: roundUp(n / columns, TILE_N) };
};

/** Layout: `MatmulWord` in opcodes.ts. */
export const encodeMatmul = (stream: CommandStream, kernel: KernelOf<typeof matmulOp>): void => {
  const { name, attrs } = kernel;
  const [a, b, addend] = kernel.inputs;
  const [output] = kernel.outputs;
  const rank = output.shape.length;
  const batchShape = output.shape.slice(0, -2);
  if (rank < 2 || rank > 4)
    throw new TensorError("kernel", `wasm: ${name}: matmul takes 0 to 2 batch dimensions, not ${rank - 2}`);
  let [m, n] = lastTwo(output.shape);
  const [, k] = lastTwo(a.shape);
  let batches = sizeOf(batchShape);
  if (m * n * batches === 0) return;
  const left = stridesOf(a, batchShape);
  const right = stridesOf(b, batchShape);
  for (const [label, { row, column }] of [
    ["A", left],
    ["B", right],
  ] as const)
    if (row !== 1 && column !== 1)
      throw new TensorError("kernel", `wasm: ${name}: ${label} has strides (${row}, ${column}); one of them must be 1`);
  const d = addend && {
    row: lastTwo(addend.strides)[0],
    column: n === 1 ? 1 : lastTwo(addend.strides)[1],
    batch: [addend.strides.at(-4) ?? 0, addend.strides.at(-3) ?? 0] as const,
  };
  let inner = batchShape.at(-1) ?? 1;
  // One B for every batch and rows that follow each other through the batches: one tall product.
  const outerSize = batchShape.at(-2) ?? 1;
  const tall = (row: number, [outer, step]: readonly [number, number]): boolean =>
    (inner === 1 || step === m * row) && (outerSize === 1 || outer === inner * m * row);
  const shared = right.batch[0] === 0 && right.batch[1] === 0;
  if (
    batches > 1 &&
    shared &&
    left.column === 1 &&
    m > 1 &&
    tall(left.row, left.batch) &&
    (!d || tall(d.row, d.batch))
  ) {
    m *= batches;
    batches = 1;
    inner = 1;
  }
  const { blockM, blockN } = blocksOf(m, n, k, batches);
  const blocksM = Math.ceil(m / blockM);
  const blocksN = Math.ceil(n / blockN);
  const blocks = batches * blocksM * blocksN;
  const { tasks, perTask } = cut(blocks, (batches * 2 * m * n * k) / RATE);
  const bytes = (elements: number): number => elements * BYTES_PER_ELEMENT;
  stream.begin(Command.Matmul, tasks);
  stream.push(m, n, k);
  stream.pushAddress(a);
  stream.push(bytes(left.row), bytes(left.column));
  stream.pushAddress(b);
  stream.push(bytes(right.row), bytes(right.column));
  stream.pushAddress(output);
  if (addend) stream.pushAddress(addend);
  else stream.push(0);
  stream.push(bytes(d?.row ?? 0), bytes(d?.column ?? 0));
  stream.pushFloat(attrs.scale);
  stream.push(inner);
  for (const batch of [left.batch, right.batch, d?.batch ?? ([0, 0] as const)])
    stream.push(bytes(batch[0]), bytes(batch[1]));
  stream.push(blockM, blockN, blocksM, blocksN, perTask, blocks);
  stream.end();
  stream.needScratch((k > MAX_RUN ? bytes(blockM * blockN) : 0) + gemmScratchBytes(blockN, k));
};

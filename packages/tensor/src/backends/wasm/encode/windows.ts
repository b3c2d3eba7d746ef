import type { KernelOf, View } from "../../../compile/kernel.js";
import { BYTES_PER_ELEMENT } from "../../../dtype.js";
import { activationLimits } from "../../../ops/activate.js";
import { type convolutionOp, isPixelwise } from "../../../ops/convolution.js";
import type { depthwiseConvolutionOp } from "../../../ops/depthwise-convolution.js";
import type { maxPoolOp } from "../../../ops/max-pool.js";
import type { Pair, Windows } from "../../../ops/windows.js";
import { sizeOf, sizesOf } from "../../../shape.js";
import { Command } from "../opcodes.js";
import { blocksOf, gemmScratchBytes, MAX_RUN, RATE } from "./matmul.js";
import type { CommandStream } from "./stream.js";
import { cut } from "./tasks.js";

interface Sliding {
  readonly x: View;
  readonly kernel?: View;
  readonly bias?: View | undefined;
  readonly y: View;
  readonly size: Pair;
  readonly windows: Windows;
  readonly limits: readonly [low: number, high: number];
  readonly units: number;
  readonly perTask: number;
}

/** The words that all commands of windows start with. Layout: `WindowWord` in opcodes.ts. */
const pushWindows = (stream: CommandStream, sliding: Sliding): void => {
  const { x, kernel, bias, y, size, windows, limits, units, perTask } = sliding;
  const [, rows, columns, channels] = sizesOf(x.shape, 4);
  const [, outRows, outColumns] = sizesOf(y.shape, 4);
  const [top, , left] = windows.padding;
  stream.push(rows, columns, channels, outRows, outColumns, ...size, ...windows.stride, ...windows.dilation, top, left);
  for (const limit of limits) stream.pushFloat(limit);
  stream.push(perTask, units);
  for (const view of [x, kernel, bias, y])
    if (view) stream.pushAddress(view);
    else stream.push(0);
};

/** Words of windows that are laid out together: they stay in the second-level cache beside the kernel's panels. */
const LAID_WORDS = 2 ** 16;
/** Depth of a pass of the product, as in assembly/gemm.ts: so much of each window is laid out at once. */
const DEPTH = 384;
const MOST_TOGETHER = 192;
/** Rows of any module's register tile, at least. */
const FEWEST_TOGETHER = 24;

export const encodeConvolution = (stream: CommandStream, kernel: KernelOf<typeof convolutionOp>): void => {
  const { inputs, outputs, attrs } = kernel;
  const [x, weights, bias] = inputs;
  const [y] = outputs;
  const [kr, kc, channels, out] = sizesOf(weights.shape, 4);
  const pixels = sizeOf(y.shape) / out;
  if (sizeOf(y.shape) === 0) return;
  const depth = kr * kc * channels;
  const pixelwise = isPixelwise(weights, attrs);
  const length = attrs.dilation[1] === 1 ? kc * channels : channels;
  const pieces = pixelwise ? 0 : Math.min(depth / length, Math.max(1, Math.floor(DEPTH / length)));
  const laidDepth = pieces * length;
  const together = pixelwise
    ? MOST_TOGETHER
    : Math.max(FEWEST_TOGETHER, Math.min(MOST_TOGETHER, 12 * Math.floor(LAID_WORDS / laidDepth / 12)));
  const cost = (2 * pixels * out * depth) / RATE;
  const { blockM, blockN } = blocksOf(pixels, out, depth, 1);
  const blocksN = Math.ceil(out / blockN);
  const units = Math.ceil(pixels / blockM) * blocksN;
  const { tasks, perTask } = cut(units, cost);
  const apart = depth > MAX_RUN ? Math.min(together, blockM) * blockN : 0;
  // Vector copies may run a little past a window.
  const laid = Math.min(together, blockM) * laidDepth + 16;
  stream.begin(Command.Convolution, tasks);
  pushWindows(stream, {
    ...{ x, kernel: weights, bias, y, size: [kr, kc], windows: attrs, units, perTask },
    limits: activationLimits[attrs.activation],
  });
  stream.push(pixels, out, blockM, blockN, blocksN, together, pieces);
  const bytes = (words: number): number => Math.ceil(words / 16) * 16 * BYTES_PER_ELEMENT;
  stream.push(bytes(apart), bytes(apart) + bytes(laid));
  stream.end();
  stream.needScratch(bytes(apart) + bytes(laid) + gemmScratchBytes(blockN, Math.max(laidDepth, channels)));
};

/** Tenths of a nanosecond for a point of a window of one channel, roughly. */
const POINT_COST = 3;

/** A command whose tasks share out rows of windows. */
const encodeRows = (stream: CommandStream, command: Command, sliding: Omit<Sliding, "units" | "perTask">): void => {
  const { y, size } = sliding;
  if (sizeOf(y.shape) === 0) return;
  const [batch, outRows] = sizesOf(y.shape, 4);
  const units = batch * outRows;
  const { tasks, perTask } = cut(units, sizeOf(y.shape) * size[0] * size[1] * POINT_COST);
  stream.begin(command, tasks);
  pushWindows(stream, { ...sliding, units, perTask });
  stream.end();
};

export const encodeDepthwise = (
  stream: CommandStream,
  { inputs: [x, kernel, bias], outputs: [y], attrs }: KernelOf<typeof depthwiseConvolutionOp>,
): void => {
  const [kr, kc] = sizesOf(kernel.shape, 3);
  const limits = activationLimits[attrs.activation];
  encodeRows(stream, Command.Depthwise, { x, kernel, bias, y, size: [kr, kc], windows: attrs, limits });
};

export const encodeMaxPool = (
  stream: CommandStream,
  { inputs: [x], outputs: [y], attrs }: KernelOf<typeof maxPoolOp>,
): void =>
  encodeRows(stream, Command.MaxPool, { x, y, size: attrs.size, windows: attrs, limits: activationLimits.none });

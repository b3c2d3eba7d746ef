/**
 * Convolution as a matrix product of windows and kernel. Windows are laid out a few at a time, so many of them and so much of each as the
 * first caches hold; where a window is one pixel, the image is read as it lies.
 */
import { WindowWord } from "../src/backends/wasm/opcodes";
import { gemm } from "./gemm";
import { addWords, copyWords, splat, storePart } from "./simd";
import { scratch } from "./thread";

/** Longest run of a window summed into one place. Also known to the host, which sizes scratch. */
const MAX_RUN: i32 = 32768;

@inline
function zeroWords(to: usize, count: i32): void {
  if (count > 0) memory.fill(to, 0, <usize>count << 2);
}

/**
 * Lays out pieces [piece, piece + pieces) of `count` windows from `pixel` on, one window after the other. A piece is what lies together in
 * memory: a row of the window, or a point of it where points are apart.
 */
function lay(p: usize, to: usize, pixel: i32, count: i32, piece: i32, pieces: i32): void {
  const rows = load<i32>(p, WindowWord.Rows);
  const columns = load<i32>(p, WindowWord.Columns);
  const channels = load<i32>(p, WindowWord.Channels);
  const outRows = load<i32>(p, WindowWord.OutRows);
  const outColumns = load<i32>(p, WindowWord.OutColumns);
  const kernelColumns = load<i32>(p, WindowWord.KernelColumns);
  const dilationRows = load<i32>(p, WindowWord.DilationRows);
  const dilationColumns = load<i32>(p, WindowWord.DilationColumns);
  const together = dilationColumns == 1;
  const span = together ? kernelColumns : 1;
  const x = load<usize>(p, WindowWord.X);
  let column = pixel % outColumns;
  let row = pixel / outColumns;
  let image = row / outRows;
  row -= image * outRows;
  for (; count > 0; count--) {
    for (let u = piece; u < piece + pieces; u++) {
      const r = together ? u : u / kernelColumns;
      const c = together ? 0 : u - r * kernelColumns;
      const i = row * load<i32>(p, WindowWord.StrideRows) - load<i32>(p, WindowWord.Top) + r * dilationRows;
      const j = column * load<i32>(p, WindowWord.StrideColumns) - load<i32>(p, WindowWord.Left) + c * dilationColumns;
      const before = <u32>i < <u32>rows ? min(span, max(0, -j)) : span;
      const end = max(before, min(span, columns - j));
      zeroWords(to, before * channels);
      if (end > before)
        copyWords(
          to + ((before * channels) << 2),
          x + (<usize>(((image * rows + i) * columns + j + before) * channels) << 2),
          (end - before) * channels,
        );
      zeroWords(to + ((end * channels) << 2), (span - end) * channels);
      to += (span * channels) << 2;
    }
    if (++column == outColumns) {
      column = 0;
      if (++row == outRows) {
        row = 0;
        image++;
      }
    }
  }
}

/** Keeps a block between two limits. NaN passes. */
export function limit(y: usize, yRow: i32, rows: i32, columns: i32, low: f32, high: f32): void {
  if (low == -Infinity && high == Infinity) return;
  const a = splat(low);
  const b = splat(high);
  for (; rows > 0; rows--) {
    let at = y;
    let left = columns;
    for (; left >= 4; left -= 4) {
      v128.store(at, f32x4.pmin(f32x4.pmax(v128.load(at), a), b));
      at += 16;
    }
    if (left) storePart(at, f32x4.pmin(f32x4.pmax(v128.load(at), a), b), left);
    y += yRow;
  }
}

/** `count` windows from `pixel` on, for `columns` kernels from `first` on. */
function some(p: usize, pixel: i32, count: i32, first: i32, columns: i32): void {
  const channels = load<i32>(p, WindowWord.Channels);
  const row = load<i32>(p, WindowWord.Out) << 2;
  const bias = load<usize>(p, WindowWord.Bias);
  const kernel = load<usize>(p, WindowWord.Kernel) + (first << 2);
  const y = load<usize>(p, WindowWord.Y) + <usize>pixel * row + (first << 2);
  const work = scratch + load<usize>(p, WindowWord.Work);
  const start = bias ? bias + (first << 2) : 0;
  const together = load<i32>(p, WindowWord.Pieces);
  if (!together) {
    const x = load<usize>(p, WindowWord.X) + <usize>pixel * (channels << 2);
    gemm(count, columns, channels, x, channels << 2, 4, kernel, row, 4, y, row, start, 0, work);
  } else {
    const kernelColumns = load<i32>(p, WindowWord.KernelColumns);
    const wide = load<i32>(p, WindowWord.DilationColumns) == 1;
    const pieces = load<i32>(p, WindowWord.KernelRows) * (wide ? 1 : kernelColumns);
    const length = channels * (wide ? kernelColumns : 1);
    const laid = scratch + load<usize>(p, WindowWord.Laid);
    let k = 0;
    // Where the sums of the present run go: the result, or scratch from which they join it.
    let to = y;
    let toRow = row;
    let run = 0;
    for (let piece = 0; piece < pieces; piece += together) {
      const few = min(together, pieces - piece);
      const depth = few * length;
      const fresh = piece == 0 || run + depth > MAX_RUN;
      if (fresh && piece > 0) {
        if (to != y) for (let i = 0; i < count; i++) addWords(y + i * row, to + i * toRow, columns);
        to = scratch;
        toRow = columns << 2;
        run = 0;
      }
      lay(p, laid, pixel, count, piece, few);
      const d = piece == 0 ? start : fresh ? 0 : to;
      gemm(count, columns, depth, laid, depth << 2, 4, kernel + k * row, row, 4, to, toRow, d, piece == 0 ? 0 : toRow, work);
      k += depth;
      run += depth;
    }
    if (to != y) for (let i = 0; i < count; i++) addWords(y + i * row, to + i * toRow, columns);
  }
  limit(y, row, count, columns, load<f32>(p, WindowWord.Low), load<f32>(p, WindowWord.High));
}

export function convolution(p: usize, task: u32): void {
  const pixels = load<i32>(p, WindowWord.Pixels);
  const out = load<i32>(p, WindowWord.Out);
  const blockM = load<i32>(p, WindowWord.BlockM);
  const blockN = load<i32>(p, WindowWord.BlockN);
  const blocksN = load<i32>(p, WindowWord.BlocksN);
  const together = load<i32>(p, WindowWord.Together);
  const perTask = load<u32>(p, WindowWord.PerTask);
  const end = min((task + 1) * perTask, load<u32>(p, WindowWord.Units));
  for (let block = task * perTask; block < end; block++) {
    const row = <i32>block / blocksN;
    const first = (<i32>block - row * blocksN) * blockN;
    const columns = min(blockN, out - first);
    const last = min((row + 1) * blockM, pixels);
    for (let pixel = row * blockM; pixel < last; pixel += together)
      some(p, pixel, min(together, last - pixel), first, columns);
  }
}

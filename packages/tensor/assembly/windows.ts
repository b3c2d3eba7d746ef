/**
 * Windows over each channel by itself: depthwise convolution and max pooling, channels last. Four windows beside each other and eight channels
 * are summed together, so that a weight is read once for four and enough sums are under way.
 */
import { WindowWord } from "../src/backends/wasm/opcodes";
import { madd, splat, storeUpTo } from "./simd";

/** Steps in bytes, read once for a row of windows. */
let dilationRow: usize = 0;
let dilationColumn: usize = 0;
let kernelRow: usize = 0;
let pixel: usize = 0;
let low: v128 = f32x4.splat(0);
let high: v128 = f32x4.splat(0);

/** `pool` is a constant wherever this is inlined. */
@inline
function term(pool: bool, x: usize, w: v128, sum: v128): v128 {
  return pool ? f32x4.max(v128.load(x), sum) : madd(v128.load(x), w, sum);
}

@inline
function limited(v: v128): v128 {
  return f32x4.pmin(f32x4.pmax(v, low), high);
}

@inline
function startOf(pool: bool, bias: usize, at: usize): v128 {
  if (pool) return splat(-Infinity);
  return bias ? v128.load(bias + at) : splat(0);
}

/** Four windows `step` bytes apart, all of whose `rows` x `columns` points from `x` and `w` on lie in the image. */
@inline
function four(pool: bool, x: usize, step: usize, w: usize, rows: i32, columns: i32, bias: usize, y: usize): void {
  let left = <i32>(pixel >> 2);
  let at: usize = 0;
  for (; left > 4; left -= 8) {
    const s = startOf(pool, bias, at);
    const t = startOf(pool, bias, at + 16);
    let a0 = s;
    let a1 = s;
    let a2 = s;
    let a3 = s;
    let b0 = t;
    let b1 = t;
    let b2 = t;
    let b3 = t;
    for (let r = 0; r < rows; r++) {
      let q = x + at + r * dilationRow;
      let v = w + at + r * kernelRow;
      for (let c = 0; c < columns; c++) {
        const u = pool ? s : v128.load(v);
        const z = pool ? s : v128.load(v, 16);
        a0 = term(pool, q, u, a0);
        b0 = term(pool, q + 16, z, b0);
        a1 = term(pool, q + step, u, a1);
        b1 = term(pool, q + step + 16, z, b1);
        a2 = term(pool, q + 2 * step, u, a2);
        b2 = term(pool, q + 2 * step + 16, z, b2);
        a3 = term(pool, q + 3 * step, u, a3);
        b3 = term(pool, q + 3 * step + 16, z, b3);
        q += dilationColumn;
        v += pixel;
      }
    }
    const to = y + at;
    v128.store(to, limited(a0));
    v128.store(to + pixel, limited(a1));
    v128.store(to + 2 * pixel, limited(a2));
    v128.store(to + 3 * pixel, limited(a3));
    storeUpTo(to + 16, limited(b0), left - 4);
    storeUpTo(to + pixel + 16, limited(b1), left - 4);
    storeUpTo(to + 2 * pixel + 16, limited(b2), left - 4);
    storeUpTo(to + 3 * pixel + 16, limited(b3), left - 4);
    at += 32;
  }
  if (left > 0) for (let i: usize = 0; i < 4; i++) channels4(pool, x + i * step, w, rows, columns, bias, y + i * pixel, at, left);
}

/** Up to four channels of one window. */
@inline
function channels4(pool: bool, x: usize, w: usize, rows: i32, columns: i32, bias: usize, y: usize, at: usize, left: i32): void {
  let sum = startOf(pool, bias, at);
  for (let r = 0; r < rows; r++) {
    let q = x + at + r * dilationRow;
    let v = w + at + r * kernelRow;
    for (let c = 0; c < columns; c++) {
      sum = term(pool, q, pool ? sum : v128.load(v), sum);
      q += dilationColumn;
      v += pixel;
    }
  }
  storeUpTo(y + at, limited(sum), left);
}

/** One window, of which `rows` x `columns` points from `x` and `w` on lie in the image. */
@inline
function single(pool: bool, x: usize, w: usize, rows: i32, columns: i32, bias: usize, y: usize): void {
  let at: usize = 0;
  for (let left = <i32>(pixel >> 2); left > 0; left -= 4) {
    channels4(pool, x, w, rows, columns, bias, y, at, left);
    at += 16;
  }
}

/** First point of a window that starts at `from` which lies in an image of `n`, and past the last. */
@inline
function firstInside(from: i32, dilation: i32): i32 {
  return from >= 0 ? 0 : (dilation - 1 - from) / dilation;
}

@inline
function pastInside(from: i32, dilation: i32, n: i32, points: i32): i32 {
  return from >= n ? 0 : min(points, (n - 1 - from) / dilation + 1);
}

@inline
function slide(pool: bool, p: usize, task: u32): void {
  const rows = load<i32>(p, WindowWord.Rows);
  const columns = load<i32>(p, WindowWord.Columns);
  const outRows = load<i32>(p, WindowWord.OutRows);
  const outColumns = load<i32>(p, WindowWord.OutColumns);
  const kernelRows = load<i32>(p, WindowWord.KernelRows);
  const kernelColumns = load<i32>(p, WindowWord.KernelColumns);
  const stride = load<i32>(p, WindowWord.StrideColumns);
  const dilationRows = load<i32>(p, WindowWord.DilationRows);
  const dilation = load<i32>(p, WindowWord.DilationColumns);
  const bias = load<usize>(p, WindowWord.Bias);
  const perTask = load<u32>(p, WindowWord.PerTask);
  const end = min((task + 1) * perTask, load<u32>(p, WindowWord.Units));
  pixel = <usize>load<i32>(p, WindowWord.Channels) << 2;
  kernelRow = kernelColumns * pixel;
  dilationRow = dilationRows * columns * pixel;
  dilationColumn = dilation * pixel;
  low = splat(load<f32>(p, WindowWord.Low));
  high = splat(load<f32>(p, WindowWord.High));
  for (let unit = task * perTask; unit < end; unit++) {
    const image = <i32>unit / outRows;
    const row = <i32>unit - image * outRows;
    const top = row * load<i32>(p, WindowWord.StrideRows) - load<i32>(p, WindowWord.Top);
    const r0 = firstInside(top, dilationRows);
    const inside = max(0, pastInside(top, dilationRows, rows, kernelRows) - r0);
    // Rows and columns before the image have addresses too; only points that lie in it are read.
    const x = load<usize>(p, WindowWord.X) + <usize>((image * rows + top + r0 * dilationRows) * columns) * pixel;
    const w = load<usize>(p, WindowWord.Kernel) + r0 * kernelRow;
    let y = load<usize>(p, WindowWord.Y) + <usize>unit * outColumns * pixel;
    let column = 0;
    while (column < outColumns) {
      const left = column * stride - load<i32>(p, WindowWord.Left);
      const whole = left >= 0 && left + 3 * stride + (kernelColumns - 1) * dilation < columns;
      if (whole && column + 4 <= outColumns) {
        four(pool, x + left * pixel, stride * pixel, w, inside, kernelColumns, bias, y);
        column += 4;
        y += 4 * pixel;
        continue;
      }
      const c0 = firstInside(left, dilation);
      const few = max(0, pastInside(left, dilation, columns, kernelColumns) - c0);
      single(pool, x + (left + c0 * dilation) * pixel, w + c0 * pixel, inside, few, bias, y);
      column++;
      y += pixel;
    }
  }
}

export function depthwise(p: usize, task: u32): void {
  slide(false, p, task);
}

export function maxPool(p: usize, task: u32): void {
  slide(true, p, task);
}

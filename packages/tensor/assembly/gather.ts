/** Moving a tile's worth of elements between scratch and a strided window: pointwise loads, coordinates, pointwise stores. */
import { copyWords } from "./simd";

/**
 * A window's descriptor in the command stream: [address, rank, (size, byte stride) x rank], innermost dimension first.
 * Neighbouring dimensions that are contiguous to each other have been merged by the host; rank is at most 8.
 */
const RANK: usize = 4;
const DIMENSIONS: usize = 8;

@inline
function sizeOf(window: usize, d: usize): u32 {
  return load<u32>(window + (d << 3), DIMENSIONS);
}

@inline
function strideOf(window: usize, d: usize): i32 {
  return load<i32>(window + (d << 3), DIMENSIONS + 4);
}

function readRun(to: usize, from: usize, count: i32, stride: i32): void {
  if (stride == 4) {
    for (; count > 0; count -= 4) {
      v128.store(to, v128.load(from));
      to += 16;
      from += 16;
    }
  } else if (stride == 0) {
    const value = v128.load32_splat(from);
    for (; count > 0; count -= 4) {
      v128.store(to, value);
      to += 16;
    }
  } else {
    for (; count >= 4; count -= 4) {
      const a = load<u32>(from);
      const b = load<u32>(from + stride);
      from += stride << 1;
      const c = load<u32>(from);
      const d = load<u32>(from + stride);
      from += stride << 1;
      store<u32>(to, a);
      store<u32>(to, b, 4);
      store<u32>(to, c, 8);
      store<u32>(to, d, 12);
      to += 16;
    }
    for (; count > 0; count--) {
      store<u32>(to, load<u32>(from));
      to += 4;
      from += stride;
    }
  }
}

@inline
function writeRun(to: usize, from: usize, count: i32, stride: i32): void {
  if (stride == 4) copyWords(to, from, count);
  else
    for (; count > 0; count--) {
      store<u32>(to, load<u32>(from));
      to += stride;
      from += 4;
    }
}

/** Coordinates beyond the innermost dimension while a window is walked. */
let offset: usize = 0;
let c1: u32 = 0;
let c2: u32 = 0;
let c3: u32 = 0;
let c4: u32 = 0;
let c5: u32 = 0;
let c6: u32 = 0;
let c7: u32 = 0;

/** Places the walk at flat `index`; returns the innermost coordinate. */
function seek(window: usize, rank: u32, index: u32): u32 {
  offset = load<usize>(window);
  let size = sizeOf(window, 0);
  let rest = index / size;
  const first = index - rest * size;
  c1 = c2 = c3 = c4 = c5 = c6 = c7 = 0;
  for (let d: u32 = 1; d < rank && rest; d++) {
    size = sizeOf(window, d);
    const next = rest / size;
    const c = rest - next * size;
    offset += <i32>c * strideOf(window, d);
    rest = next;
    switch (d) {
      case 1: c1 = c; break;
      case 2: c2 = c; break;
      case 3: c3 = c; break;
      case 4: c4 = c; break;
      case 5: c5 = c; break;
      case 6: c6 = c; break;
      default: c7 = c;
    }
  }
  return first;
}

/** Counts dimension `d` up by one; true if it wrapped. */
@inline
function carry(window: usize, d: usize, c: u32): bool {
  const size = sizeOf(window, d);
  const stride = strideOf(window, d);
  if (c < size) {
    offset += stride;
    return false;
  }
  offset -= <i32>(size - 1) * stride;
  return true;
}

/** Moves on to the next innermost run. */
@inline
function advance(window: usize): void {
  if (!carry(window, 1, ++c1)) return;
  c1 = 0;
  if (!carry(window, 2, ++c2)) return;
  c2 = 0;
  if (!carry(window, 3, ++c3)) return;
  c3 = 0;
  if (!carry(window, 4, ++c4)) return;
  c4 = 0;
  if (!carry(window, 5, ++c5)) return;
  c5 = 0;
  if (!carry(window, 6, ++c6)) return;
  c6 = 0;
  carry(window, 7, ++c7);
}

/** Reads elements [index, index + count) of a window into `to`, which may be overrun by three elements. */
export function gatherTile(to: usize, window: usize, index: u32, count: u32): void {
  const size = sizeOf(window, 0);
  const stride = strideOf(window, 0);
  let first = seek(window, load<u32>(window, RANK), index);
  while (true) {
    const run = min(size - first, count);
    readRun(to, offset + <i32>first * stride, run, stride);
    count -= run;
    if (!count) return;
    to += run << 2;
    first = 0;
    advance(window);
  }
}

/** Writes elements [index, index + count) of a window from `from`, and nothing else. */
export function scatterTile(from: usize, window: usize, index: u32, count: u32): void {
  const size = sizeOf(window, 0);
  const stride = strideOf(window, 0);
  let first = seek(window, load<u32>(window, RANK), index);
  while (true) {
    const run = min(size - first, count);
    writeRun(offset + <i32>first * stride, from, run, stride);
    count -= run;
    if (!count) return;
    from += run << 2;
    first = 0;
    advance(window);
  }
}

/** (index / stride) modulo size for [index, index + count): the coordinate along one axis. */
export function iotaTile(to: usize, index: u32, count: u32, stride: u32, size: u32, float: bool): void {
  let coordinate = (index / stride) % size;
  let left = stride - (index % stride);
  for (let i: u32 = 0; i < count; i++) {
    if (float) store<f32>(to, <f32>coordinate);
    else store<u32>(to, coordinate);
    to += 4;
    if (--left == 0) {
      left = stride;
      if (++coordinate == size) coordinate = 0;
    }
  }
}

/** Kernels that look elements up by integer index, and the running sum. */
import { IndexWord } from "../src/backends/wasm/opcodes";
import { addWords } from "./simd";
import { scratch } from "./thread";

/** Terms added in f32 before their sum is carried into f64: rounding must not grow with their number. */
const RUN: i32 = 128;

@inline
function copyRow(to: usize, from: usize, words: i32): void {
  memory.copy(to, from, words << 2);
}

/** A: table [Axis, Inner], B: indices [Count] -> C [Count, Inner]. */
export function take(p: usize, task: u32): void {
  const rows = load<u32>(p, IndexWord.Axis);
  const width = load<i32>(p, IndexWord.Inner);
  const fill = load<u32>(p, IndexWord.Fill);
  const perTask = load<u32>(p, IndexWord.PerTask);
  const end = min(load<u32>(p, IndexWord.Count), (task + 1) * perTask);
  for (let i = task * perTask; i < end; i++) {
    const row = load<u32>(load<usize>(p, IndexWord.B) + (i << 2));
    const to = load<usize>(p, IndexWord.C) + ((i * width) << 2);
    if (row < rows) copyRow(to, load<usize>(p, IndexWord.A) + ((row * width) << 2), width);
    else for (let j = 0; j < width; j++) store<u32>(to + (j << 2), fill);
  }
}

/** total = (total or 0) + row, in f64. */
function carryRow(total: usize, row: usize, words: i32, first: bool): void {
  for (; words > 0; words--) {
    store<f64>(total, (first ? 0 : load<f64>(total)) + <f64>load<f32>(row));
    total += 8;
    row += 4;
  }
}

/** to = the sum of the updates in a list: runs in f32, their sums in f64 at `total`. `next` holds 1 + the index of each, 0 at the end. */
function sumList(to: usize, updates: usize, width: i32, next: usize, total: usize, item: u32): void {
  const bytes = width << 2;
  let runs: i32 = 0;
  while (item) {
    let left = RUN;
    copyRow(to, updates + (item - 1) * bytes, width);
    for (item = load<u32>(next + ((item - 1) << 2)); item && --left; item = load<u32>(next + ((item - 1) << 2)))
      addWords(to, updates + (item - 1) * bytes, width);
    if (item || runs) carryRow(total, to, width, runs++ == 0);
  }
  if (runs) for (let j: i32 = 0; j < width; j++) store<f32>(to + (j << 2), <f32>load<f64>(total + (j << 3)));
}

/**
 * A: indices [Count], B: updates [Count, Inner] -> C [Axis, Inner]. A task owns some rows and looks at every index. Scratch: the running
 * sum of a row in f64, and lists of the updates of each row in index order.
 */
export function scatterAdd(p: usize, task: u32): void {
  const width = load<i32>(p, IndexWord.Inner);
  const count = load<u32>(p, IndexWord.Count);
  const perTask = load<u32>(p, IndexWord.PerTask);
  const first = task * perTask;
  const owned = min(perTask, load<u32>(p, IndexWord.Axis) - first);
  const heads = scratch + (width << 3);
  const next = heads + (owned << 2);
  memory.fill(heads, 0, owned << 2);
  for (let i = count; i > 0; i--) {
    const row = load<u32>(load<usize>(p, IndexWord.A) + ((i - 1) << 2)) - first;
    if (row >= owned) continue;
    store<u32>(next + ((i - 1) << 2), load<u32>(heads + (row << 2)));
    store<u32>(heads + (row << 2), i);
  }
  let to = load<usize>(p, IndexWord.C) + ((first * width) << 2);
  for (let row: u32 = 0; row < owned; row++) {
    const item = load<u32>(heads + (row << 2));
    if (item) sumList(to, load<usize>(p, IndexWord.B), width, next, scratch, item);
    else memory.fill(to, 0, width << 2);
    to += width << 2;
  }
}

/** A: x [Outer, Axis, Inner], B: indices [Outer, Count, Inner] -> C [Outer, Count, Inner]. */
export function gather(p: usize, task: u32): void {
  const axis = load<u32>(p, IndexWord.Axis);
  const inner = load<u32>(p, IndexWord.Inner);
  const count = load<u32>(p, IndexWord.Count);
  const fill = load<u32>(p, IndexWord.Fill);
  const perTask = load<u32>(p, IndexWord.PerTask);
  const end = min(load<u32>(p, IndexWord.Outer), (task + 1) * perTask);
  for (let o = task * perTask; o < end; o++) {
    const x = load<usize>(p, IndexWord.A) + ((o * axis * inner) << 2);
    let at = (o * count * inner) << 2;
    for (let j: u32 = 0; j < count; j++)
      for (let i: u32 = 0; i < inner; i++) {
        const index = load<u32>(load<usize>(p, IndexWord.B) + at);
        store<u32>(load<usize>(p, IndexWord.C) + at, index < axis ? load<u32>(x + ((index * inner + i) << 2)) : fill);
        at += 4;
      }
  }
}

/** Few indices: sums in f32, where they end. `indices` and `dy` are [count, inner], `dx` [axis, inner]. */
function spreadFew(dx: usize, indices: usize, dy: usize, axis: u32, inner: u32, count: u32): void {
  memory.fill(dx, 0, (axis * inner) << 2);
  for (; count > 0; count--)
    for (let i: u32 = 0; i < inner; i++) {
      const index = load<u32>(indices);
      if (index < axis) {
        const to = dx + ((index * inner + i) << 2);
        store<f32>(to, load<f32>(to) + load<f32>(dy));
      }
      indices += 4;
      dy += 4;
    }
}

/** Many: sums in f64 in scratch, for `width` of the columns. */
function spreadMany(dx: usize, indices: usize, dy: usize, axis: u32, inner: u32, count: u32, width: u32): void {
  const skip = (inner - width) << 2;
  memory.fill(scratch, 0, (axis * width) << 3);
  for (; count > 0; count--) {
    for (let i: u32 = 0; i < width; i++) {
      const index = load<u32>(indices);
      if (index < axis) {
        const to = scratch + ((index * width + i) << 3);
        store<f64>(to, load<f64>(to) + <f64>load<f32>(dy));
      }
      indices += 4;
      dy += 4;
    }
    indices += skip;
    dy += skip;
  }
  let from = scratch;
  for (; axis > 0; axis--) {
    for (let i: u32 = 0; i < width; i++) {
      store<f32>(dx, <f32>load<f64>(from));
      dx += 4;
      from += 8;
    }
    dx += skip;
  }
}

/** A: indices [Outer, Count, Inner], B: dy [Outer, Count, Inner] -> C [Outer, Axis, Inner]. Fill: columns summed together. */
export function gatherBackward(p: usize, task: u32): void {
  const axis = load<u32>(p, IndexWord.Axis);
  const inner = load<u32>(p, IndexWord.Inner);
  const count = load<u32>(p, IndexWord.Count);
  const columns = load<u32>(p, IndexWord.Fill);
  const perTask = load<u32>(p, IndexWord.PerTask);
  const end = min(load<u32>(p, IndexWord.Outer), (task + 1) * perTask);
  for (let o = task * perTask; o < end; o++) {
    const indices = load<usize>(p, IndexWord.A) + ((o * count * inner) << 2);
    const dy = load<usize>(p, IndexWord.B) + ((o * count * inner) << 2);
    const dx = load<usize>(p, IndexWord.C) + ((o * axis * inner) << 2);
    if (count <= <u32>RUN) spreadFew(dx, indices, dy, axis, inner, count);
    else
      for (let i: u32 = 0; i < inner; i += columns)
        spreadMany(dx + (i << 2), indices + (i << 2), dy + (i << 2), axis, inner, count, min(columns, inner - i));
  }
}

/** A: x [Outer, Axis, Inner] -> B: inclusive running sum along Axis, kept in f64. Fill: from the end. */
export function cumsum(p: usize, task: u32): void {
  const axis = load<u32>(p, IndexWord.Axis);
  const inner = load<u32>(p, IndexWord.Inner);
  const reverse = load<u32>(p, IndexWord.Fill) != 0;
  const perTask = load<u32>(p, IndexWord.PerTask);
  const end = min(load<u32>(p, IndexWord.Outer), (task + 1) * perTask);
  const step = reverse ? -(<i32>inner << 2) : <i32>inner << 2;
  for (let o = task * perTask; o < end; o++)
    for (let i: u32 = 0; i < inner; i++) {
      const first = (o * axis * inner + (reverse ? (axis - 1) * inner : 0) + i) << 2;
      let from = load<usize>(p, IndexWord.A) + first;
      let to = load<usize>(p, IndexWord.B) + first;
      let sum: f64 = 0;
      for (let j: u32 = 0; j < axis; j++) {
        sum += <f64>load<f32>(from);
        store<f32>(to, <f32>sum);
        from += step;
        to += step;
      }
    }
}

/** Sums, maxima and minima of a pointwise program over the middle of outer x reduced x inner. */
import { Fold, ReduceWord, Tile } from "../src/backends/wasm/opcodes";
import { bodyOf, evaluate, openProgram } from "./program";
import { copyWords, laneMask, swapHalves } from "./simd";
import { scratch } from "./thread";

/** Rows added to the first accumulator before it is emptied into the second, which bounds rounding for long columns. */
const BLOCK: i32 = 32;

@inline
function fold4(fold: Fold, a: v128, b: v128): v128 {
  if (fold == Fold.SumF) return f32x4.add(a, b);
  if (fold == Fold.MaxF) return f32x4.max(a, b);
  if (fold == Fold.MinF) return f32x4.min(a, b);
  if (fold == Fold.SumI) return i32x4.add(a, b);
  if (fold == Fold.MaxI) return i32x4.max_s(a, b);
  if (fold == Fold.MinI) return i32x4.min_s(a, b);
  if (fold == Fold.MaxU) return i32x4.max_u(a, b);
  return i32x4.min_u(a, b);
}

/** The value that changes nothing. */
function neutral(fold: Fold): v128 {
  switch (fold) {
    case Fold.MaxF: return f32x4.splat(-Infinity);
    case Fold.MinF: return f32x4.splat(Infinity);
    case Fold.MaxI: return i32x4.splat(i32.MIN_VALUE);
    case Fold.MinI: return i32x4.splat(i32.MAX_VALUE);
    case Fold.MinU: return i32x4.splat(-1);
    default: return i32x4.splat(0);
  }
}

/** Folds `count` elements at p into four lanes. */
@inline
function foldRun(fold: Fold, p: usize, count: i32, start: v128): v128 {
  let a = start;
  let b = start;
  let c = start;
  let d = start;
  for (; count >= 16; count -= 16) {
    a = fold4(fold, a, v128.load(p));
    b = fold4(fold, b, v128.load(p, 16));
    c = fold4(fold, c, v128.load(p, 32));
    d = fold4(fold, d, v128.load(p, 48));
    p += 64;
  }
  for (; count >= 4; count -= 4) {
    a = fold4(fold, a, v128.load(p));
    p += 16;
  }
  if (count > 0) b = fold4(fold, b, v128.bitselect(v128.load(p), start, laneMask(count)));
  return fold4(fold, fold4(fold, a, b), fold4(fold, c, d));
}

function foldRow(fold: i32, p: usize, count: i32): v128 {
  const start = neutral(fold);
  switch (fold) {
    case Fold.SumF: return foldRun(Fold.SumF, p, count, start);
    case Fold.MaxF: return foldRun(Fold.MaxF, p, count, start);
    case Fold.MinF: return foldRun(Fold.MinF, p, count, start);
    case Fold.SumI: return foldRun(Fold.SumI, p, count, start);
    case Fold.MaxI: return foldRun(Fold.MaxI, p, count, start);
    case Fold.MinI: return foldRun(Fold.MinI, p, count, start);
    case Fold.MaxU: return foldRun(Fold.MaxU, p, count, start);
    default: return foldRun(Fold.MinU, p, count, start);
  }
}

function foldAny(fold: i32, a: v128, b: v128): v128 {
  switch (fold) {
    case Fold.SumF: return fold4(Fold.SumF, a, b);
    case Fold.MaxF: return fold4(Fold.MaxF, a, b);
    case Fold.MinF: return fold4(Fold.MinF, a, b);
    case Fold.SumI: return fold4(Fold.SumI, a, b);
    case Fold.MaxI: return fold4(Fold.MaxI, a, b);
    case Fold.MinI: return fold4(Fold.MinI, a, b);
    case Fold.MaxU: return fold4(Fold.MaxU, a, b);
    default: return fold4(Fold.MinU, a, b);
  }
}

/** Four lanes to one, stored. */
function finish(fold: i32, v: v128, to: usize): void {
  v = foldAny(fold, v, swapHalves(v));
  v = foldAny(fold, v, i8x16.shuffle(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
  v128.store32_lane(to, v, 0);
}

@inline
function accumulateRow(fold: Fold, sum: usize, p: usize, count: i32): void {
  for (; count >= 16; count -= 16) {
    v128.store(sum, fold4(fold, v128.load(sum), v128.load(p)));
    v128.store(sum, fold4(fold, v128.load(sum, 16), v128.load(p, 16)), 16);
    v128.store(sum, fold4(fold, v128.load(sum, 32), v128.load(p, 32)), 32);
    v128.store(sum, fold4(fold, v128.load(sum, 48), v128.load(p, 48)), 48);
    sum += 64;
    p += 64;
  }
  for (; count > 0; count -= 4) {
    v128.store(sum, fold4(fold, v128.load(sum), v128.load(p)));
    sum += 16;
    p += 16;
  }
}

/** sum[0..count) folded with p[0..count); both may be overrun by three elements. */
function accumulate(fold: i32, sum: usize, p: usize, count: i32): void {
  switch (fold) {
    case Fold.SumF: accumulateRow(Fold.SumF, sum, p, count); break;
    case Fold.MaxF: accumulateRow(Fold.MaxF, sum, p, count); break;
    case Fold.MinF: accumulateRow(Fold.MinF, sum, p, count); break;
    case Fold.SumI: accumulateRow(Fold.SumI, sum, p, count); break;
    case Fold.MaxI: accumulateRow(Fold.MaxI, sum, p, count); break;
    case Fold.MinI: accumulateRow(Fold.MinI, sum, p, count); break;
    case Fold.MaxU: accumulateRow(Fold.MaxU, sum, p, count); break;
    default: accumulateRow(Fold.MinU, sum, p, count);
  }
}

function fill(p: usize, value: v128, count: i32): void {
  for (; count > 0; count -= 4) {
    v128.store(p, value);
    p += 16;
  }
}

/** inner = 1: each unit folds a run of consecutive points. A unit is (row, slice of the row). */
function reduceRows(command: usize, unit: i32, end: i32): void {
  const program = command + ReduceWord.Program;
  const body = bodyOf(program);
  const fold = load<i32>(command, ReduceWord.Fold);
  const reduced = load<i32>(command, ReduceWord.Reduced);
  const slices = load<i32>(command, ReduceWord.Slices);
  const sliceLength = load<i32>(command, ReduceWord.SliceLength);
  const result = scratch + load<i32>(command, ReduceWord.Result);
  let to = load<usize>(command, ReduceWord.Output) + (unit << 2);
  if (slices == 1 && reduced <= Tile.Elements / 2) {
    // Short rows: several to a tile.
    const perTile = Tile.Elements / reduced;
    while (unit < end) {
      const rows = min(perTile, end - unit);
      evaluate(program, body, unit * reduced, rows * reduced);
      let p = load<usize>(result);
      for (let r: i32 = 0; r < rows; r++) {
        finish(fold, foldRow(fold, p, reduced), to);
        p += reduced << 2;
        to += 4;
      }
      unit += rows;
    }
    return;
  }
  for (; unit < end; unit++) {
    const row = unit / slices;
    const from = (unit - row * slices) * sliceLength;
    const length = min(sliceLength, reduced - from);
    let index = row * reduced + from;
    let total = neutral(fold);
    let sum: f64 = 0;
    for (let left = length; left > 0; ) {
      const count = min<i32>(Tile.Elements, left);
      evaluate(program, body, index, count);
      const lanes = foldRow(fold, load<usize>(result), count);
      if (fold == Fold.SumF) {
        const pairs = f32x4.add(lanes, swapHalves(lanes));
        sum += <f64>f32x4.extract_lane(pairs, 0) + <f64>f32x4.extract_lane(pairs, 1);
      } else total = foldAny(fold, total, lanes);
      index += count;
      left -= count;
    }
    if (fold == Fold.SumF) store<f32>(to, <f32>sum);
    else finish(fold, total, to);
    to += 4;
  }
}

/** inner > 1: each unit folds columns. A unit is (outer, slice of the reduced rows, chunk of the columns). */
function reduceColumns(command: usize, unit: i32, end: i32): void {
  const program = command + ReduceWord.Program;
  const body = bodyOf(program);
  const fold = load<i32>(command, ReduceWord.Fold);
  const reduced = load<i32>(command, ReduceWord.Reduced);
  const inner = load<i32>(command, ReduceWord.Inner);
  const slices = load<i32>(command, ReduceWord.Slices);
  const sliceLength = load<i32>(command, ReduceWord.SliceLength);
  const result = scratch + load<i32>(command, ReduceWord.Result);
  const output = load<usize>(command, ReduceWord.Output);
  const block = scratch + load<i32>(command, ReduceWord.Accumulator);
  const total = block + Tile.Bytes;
  const start = neutral(fold);
  const chunks = (inner + Tile.Elements - 1) / Tile.Elements;
  // Narrow columns: several whole rows to a tile.
  const perTile = inner < Tile.Elements ? Tile.Elements / inner : 1;
  for (; unit < end; unit++) {
    const row = unit / chunks;
    const column = (unit - row * chunks) * Tile.Elements;
    const width = min<i32>(Tile.Elements, inner - column);
    const outer = row / slices;
    const from = (row - outer * slices) * sliceLength;
    const to = min(from + sliceLength, reduced);
    fill(total, start, width);
    for (let r = from; r < to; ) {
      const blockEnd = min(r + BLOCK, to);
      fill(block, start, width);
      while (r < blockEnd) {
        const rows = min(perTile, blockEnd - r);
        evaluate(program, body, (outer * reduced + r) * inner + column, rows == 1 ? width : rows * inner);
        let p = load<usize>(result);
        for (let i: i32 = 0; i < rows; i++) {
          accumulate(fold, block, p, width);
          p += inner << 2;
        }
        r += rows;
      }
      accumulate(fold, total, block, width);
    }
    copyWords(output + ((row * inner + column) << 2), total, width);
  }
}

export function reduce(command: usize, task: i32): void {
  openProgram(command + ReduceWord.Program);
  const perTask = load<i32>(command, ReduceWord.UnitsPerTask);
  const inner = load<i32>(command, ReduceWord.Inner);
  const chunks = inner == 1 ? 1 : (inner + Tile.Elements - 1) / Tile.Elements;
  const units = load<i32>(command, ReduceWord.Outer) * load<i32>(command, ReduceWord.Slices) * chunks;
  const first = task * perTask;
  const end = min(first + perTask, units);
  if (inner == 1) reduceRows(command, first, end);
  else reduceColumns(command, first, end);
}

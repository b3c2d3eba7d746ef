/** Softmax and normalisation of contiguous rows. A row's ragged last vector is masked; nothing is written past it. */
import { RowsWord } from "../src/backends/wasm/opcodes";
import { exp4, expBelow4, log1p1 } from "./math";
import { laneMask, madd, maxLanes, splat, storePart, storeUpTo, sumLanes } from "./simd";

/** Largest of n values. NaN may be passed over: it comes back through the sum of exponentials. */
export function rowMax(p: usize, n: i32): f32 {
  const lowest = splat(-Infinity);
  let a = lowest;
  let b = lowest;
  for (; n >= 8; n -= 8) {
    a = f32x4.pmax(a, v128.load(p));
    b = f32x4.pmax(b, v128.load(p, 16));
    p += 32;
  }
  if (n >= 4) {
    a = f32x4.pmax(a, v128.load(p));
    p += 16;
    n -= 4;
  }
  if (n) b = f32x4.pmax(b, v128.bitselect(v128.load(p), lowest, laneMask(n)));
  return maxLanes(f32x4.pmax(a, b));
}

/** Elements summed in f32 before their sum is carried into f64: rounding must not grow with the row. A multiple of 8. */
const RUN: i32 = 512;

@inline
function expRun(to: usize, from: usize, s: v128, n: i32): f32 {
  let sum = splat(0);
  for (; n >= 4; n -= 4) {
    const e = expBelow4(f32x4.sub(v128.load(from), s));
    v128.store(to, e);
    sum = f32x4.add(sum, e);
    to += 16;
    from += 16;
  }
  if (n) {
    const e = expBelow4(f32x4.sub(v128.load(from), s));
    storePart(to, e, n);
    sum = f32x4.add(sum, v128.and(e, laneMask(n)));
  }
  return sumLanes(sum);
}

/** to = exp(from - shift); returns the sum. */
export function rowExp(to: usize, from: usize, shift: f32, n: i32): f32 {
  const s = splat(shift);
  let total: f64 = 0;
  for (; n > 0; n -= RUN) {
    total += <f64>expRun(to, from, s, min(n, RUN));
    to += RUN << 2;
    from += RUN << 2;
  }
  return <f32>total;
}

/**
 * log of the sum of exp(x - top), top being the largest: what ties with it counts 1 each, and the rest keeps its accuracy beside them.
 */
function rowLogTotal(from: usize, top: f32, n: i32): f32 {
  const t = splat(top);
  let rest: f64 = -1;
  let others: f64 = 0;
  for (; n > 0; n -= RUN) {
    let sum = splat(0);
    let ties = i32x4.splat(0);
    let left = min(n, RUN);
    for (; left >= 4; left -= 4) {
      const x = v128.load(from);
      const hit = f32x4.eq(x, t);
      ties = i32x4.sub(ties, hit);
      sum = f32x4.add(sum, v128.andnot(exp4(f32x4.sub(x, t)), hit));
      from += 16;
    }
    if (left) {
      const x = v128.load(from);
      const inside = laneMask(left);
      const hit = f32x4.eq(x, t);
      ties = i32x4.sub(ties, v128.and(hit, inside));
      sum = f32x4.add(sum, v128.and(v128.andnot(exp4(f32x4.sub(x, t)), hit), inside));
    }
    rest += <f64>sumLanes(f32x4.convert_i32x4_s(ties));
    others += <f64>sumLanes(sum);
  }
  return log1p1(rest + others);
}

/** to = from * scale + shift. */
export function rowScale(to: usize, from: usize, scale: f32, shift: f32, n: i32): void {
  const a = splat(scale);
  const b = splat(shift);
  for (; n >= 4; n -= 4) {
    v128.store(to, f32x4.add(f32x4.mul(v128.load(from), a), b));
    to += 16;
    from += 16;
  }
  if (n) storePart(to, f32x4.add(f32x4.mul(v128.load(from), a), b), n);
}

/** What a sum adds up: a, a b or (a - m)^2. */
const enum Term {
  Value,
  Product,
  Square,
}

/** `term` is a constant wherever this is inlined. */
@inline
function addTerm(term: Term, sum: v128, x: v128, y: v128): v128 {
  if (term == Term.Value) return f32x4.add(sum, x);
  if (term == Term.Product) return madd(x, y, sum);
  const d = f32x4.sub(x, y);
  return madd(d, d, sum);
}

@inline
function sumOf(term: Term, a: usize, b: usize, m: v128, n: i32): f32 {
  let total: f64 = 0;
  for (; n > 0; n -= RUN) {
    let s0 = splat(0);
    let s1 = splat(0);
    let left = min(n, RUN);
    for (; left >= 8; left -= 8) {
      s0 = addTerm(term, s0, v128.load(a), term == Term.Product ? v128.load(b) : m);
      s1 = addTerm(term, s1, v128.load(a, 16), term == Term.Product ? v128.load(b, 16) : m);
      a += 32;
      b += 32;
    }
    if (left >= 4) {
      s0 = addTerm(term, s0, v128.load(a), term == Term.Product ? v128.load(b) : m);
      a += 16;
      b += 16;
      left -= 4;
    }
    if (left) {
      const x = v128.load(a);
      const inside = laneMask(left);
      if (term == Term.Value) s1 = f32x4.add(s1, v128.and(x, inside));
      else if (term == Term.Product) s1 = f32x4.add(s1, v128.and(f32x4.mul(x, v128.load(b)), inside));
      else {
        const d = v128.and(f32x4.sub(x, m), inside);
        s0 = madd(d, d, s0);
      }
    }
    total += <f64>sumLanes(f32x4.add(s0, s1));
  }
  return <f32>total;
}

/** Sum of a[i] b[i]. */
export function rowDot(a: usize, b: usize, n: i32): f32 {
  return sumOf(Term.Product, a, b, splat(0), n);
}

function rowSum(p: usize, n: i32): f32 {
  return sumOf(Term.Value, p, 0, splat(0), n);
}

/** Sum of (x - mean)^2. */
function rowSquares(p: usize, mean: f32, n: i32): f32 {
  return sumOf(Term.Square, p, 0, splat(mean), n);
}

@inline
function endOf(p: usize, task: u32): i32 {
  const perTask = load<i32>(p, RowsWord.RowsPerTask);
  return min<i32>((<i32>task + 1) * perTask, load<i32>(p, RowsWord.Rows));
}

/** x -> y. */
export function softmax(p: usize, task: u32): void {
  const n = load<i32>(p, RowsWord.Columns);
  const log = load<u32>(p, RowsWord.Flag) != 0;
  const end = endOf(p, task);
  for (let row = <i32>task * load<i32>(p, RowsWord.RowsPerTask); row < end; row++) {
    const x = load<usize>(p, RowsWord.A) + ((row * n) << 2);
    const y = load<usize>(p, RowsWord.B) + ((row * n) << 2);
    const top = rowMax(x, n);
    if (log) {
      rowShift(y, x, top, rowLogTotal(x, top, n), n);
    } else {
      const sum = rowExp(y, x, top, n);
      rowScale(y, y, 1 / sum, 0, n);
    }
  }
}

/** to = (from - a) - b, in this order: the first difference is small. */
function rowShift(to: usize, from: usize, a: f32, b: f32, n: i32): void {
  const va = splat(a);
  const vb = splat(b);
  for (; n >= 4; n -= 4) {
    v128.store(to, f32x4.sub(f32x4.sub(v128.load(from), va), vb));
    to += 16;
    from += 16;
  }
  if (n) storePart(to, f32x4.sub(f32x4.sub(v128.load(from), va), vb), n);
}

/** y, dy -> dx = y (dy - sum(y dy)). */
export function softmaxBackward(p: usize, task: u32): void {
  const n = load<i32>(p, RowsWord.Columns);
  const end = endOf(p, task);
  for (let row = <i32>task * load<i32>(p, RowsWord.RowsPerTask); row < end; row++) {
    const at = (row * n) << 2;
    let y = load<usize>(p, RowsWord.A) + at;
    let dy = load<usize>(p, RowsWord.B) + at;
    let dx = load<usize>(p, RowsWord.C) + at;
    const dot = splat(rowDot(y, dy, n));
    let left = n;
    for (; left >= 4; left -= 4) {
      v128.store(dx, f32x4.mul(v128.load(y), f32x4.sub(v128.load(dy), dot)));
      y += 16;
      dy += 16;
      dx += 16;
    }
    if (left) storePart(dx, f32x4.mul(v128.load(y), f32x4.sub(v128.load(dy), dot)), left);
  }
}

/** x -> xhat, rstd. */
export function normalize(p: usize, task: u32): void {
  const n = load<i32>(p, RowsWord.Columns);
  const center = load<u32>(p, RowsWord.Flag) != 0;
  const epsilon = load<f32>(p, RowsWord.Epsilon);
  const end = endOf(p, task);
  for (let row = <i32>task * load<i32>(p, RowsWord.RowsPerTask); row < end; row++) {
    const at = (row * n) << 2;
    let x = load<usize>(p, RowsWord.A) + at;
    let y = load<usize>(p, RowsWord.B) + at;
    const mean: f32 = center ? rowSum(x, n) / <f32>n : 0;
    const rstd: f32 = 1 / sqrt<f32>(rowSquares(x, mean, n) / <f32>n + epsilon);
    store<f32>(load<usize>(p, RowsWord.C) + (row << 2), rstd);
    const m = splat(mean);
    const r = splat(rstd);
    let left = n;
    for (; left >= 4; left -= 4) {
      v128.store(y, f32x4.mul(f32x4.sub(v128.load(x), m), r));
      x += 16;
      y += 16;
    }
    if (left) storePart(y, f32x4.mul(f32x4.sub(v128.load(x), m), r), left);
  }
}

/** dxhat, xhat, rstd -> dx = rstd (dxhat - mean(dxhat) - xhat mean(dxhat xhat)); without centring the first mean is 0. */
export function normalizeBackward(p: usize, task: u32): void {
  const n = load<i32>(p, RowsWord.Columns);
  const center = load<u32>(p, RowsWord.Flag) != 0;
  const end = endOf(p, task);
  for (let row = <i32>task * load<i32>(p, RowsWord.RowsPerTask); row < end; row++) {
    const at = (row * n) << 2;
    let d = load<usize>(p, RowsWord.A) + at;
    let x = load<usize>(p, RowsWord.B) + at;
    let dx = load<usize>(p, RowsWord.D) + at;
    const rstd = splat(load<f32>(load<usize>(p, RowsWord.C) + (row << 2)));
    const mean = splat(center ? rowSum(d, n) / <f32>n : 0);
    const slope = splat(rowDot(d, x, n) / <f32>n);
    for (let left = n; left > 0; left -= 4) {
      const centred = f32x4.sub(f32x4.sub(v128.load(d), mean), f32x4.mul(v128.load(x), slope));
      storeUpTo(dx, f32x4.mul(rstd, centred), left);
      d += 16;
      x += 16;
      dx += 16;
    }
  }
}

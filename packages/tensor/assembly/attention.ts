/**
 * Scaled dot-product attention by blocks (Dao et al., "FlashAttention", 2022): the score matrix exists only one block at
 * a time, in cache; the softmax is corrected as larger scores appear.
 */
import { ATTENTION_OPERAND_BYTES, AttentionWord } from "../src/backends/wasm/opcodes";
import { gemm } from "./gemm";
import { exp4, expBelow4, log4 } from "./math";
import { rowDot, rowExp, rowMax, rowScale } from "./rows";
import { splat, storePart } from "./simd";
import { scratch } from "./thread";

const Q: u32 = 0;
const K: u32 = 1;
const V: u32 = 2;
const OUT: u32 = 3;
const DOUT: u32 = 4;
const DQ: u32 = 5;
const DK: u32 = 6;
const DV: u32 = 7;

/** Address of (batch, head, position 0) of an operand. */
@inline
function headOf(p: usize, operand: u32, batch: u32, head: u32): usize {
  const at = p + operand * ATTENTION_OPERAND_BYTES;
  return (
    load<usize>(at, AttentionWord.Operands) +
    batch * load<u32>(at, AttentionWord.Operands + 4) +
    head * load<u32>(at, AttentionWord.Operands + 12)
  );
}

/** Bytes from one position to the next. */
@inline
function strideOf(p: usize, operand: u32): i32 {
  return load<i32>(p + operand * ATTENTION_OPERAND_BYTES, AttentionWord.Operands + 8);
}

/** How many keys of a sample count: what lies after them is not looked at. */
@inline
function keysOf(p: usize, batch: u32): i32 {
  const keys = load<i32>(p, AttentionWord.Keys);
  const lengths = load<usize>(p, AttentionWord.Lengths);
  return lengths ? min(keys, max(1, load<i32>(lengths + (batch << 2)))) : keys;
}

@inline
function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp4(splat(x)), 0);
}

/** One block of queries of one head. */
function forwardBlock(p: usize, batch: u32, head: u32, block: i32): void {
  const queries = load<i32>(p, AttentionWord.Queries);
  const keys = keysOf(p, batch);
  const width = load<i32>(p, AttentionWord.Width);
  const scale = load<f32>(p, AttentionWord.Scale);
  const blockK = load<i32>(p, AttentionWord.BlockK);
  const first = block * load<i32>(p, AttentionWord.BlockQ);
  const rows = min(load<i32>(p, AttentionWord.BlockQ), queries - first);
  const qStride = strideOf(p, Q);
  const kStride = strideOf(p, K);
  const vStride = strideOf(p, V);
  const oStride = strideOf(p, OUT);
  const q = headOf(p, Q, batch, head) + first * qStride;
  const k = headOf(p, K, batch, head);
  const v = headOf(p, V, batch, head);
  const out = headOf(p, OUT, batch, head) + first * oStride;
  const scores = scratch + load<u32>(p, AttentionWord.Scores);
  const work = scratch + load<u32>(p, AttentionWord.Work);
  // The scale goes into the queries, which are fewer than the scores.
  const scaled = scratch + load<u32>(p, AttentionWord.ScaledQueries);
  const qRow = width << 2;
  for (let i = 0; i < rows; i++) rowScale(scaled + i * qRow, q + i * qStride, scale, 0, width);
  // Per row: the running maximum, then the running sum.
  const state = scratch + load<u32>(p, AttentionWord.RowState);
  for (let j = 0; j < keys; j += blockK) {
    const columns = min(blockK, keys - j);
    const stride = columns << 2;
    gemm(rows, columns, width, scaled, qRow, 4, k + j * kStride, 4, kStride, scores, stride, 0, 0, work);
    for (let i = 0; i < rows; i++) {
      const row = scores + i * stride;
      const mine = state + (i << 3);
      const top = rowMax(row, columns);
      if (j == 0) {
        store<f32>(mine, top);
        store<f32>(mine, rowExp(row, row, top, columns), 4);
      } else {
        const before = load<f32>(mine);
        const shift = max<f32>(before, top);
        const keep = before == shift ? <f32>1 : exp1(before - shift);
        const sum = rowExp(row, row, shift, columns);
        if (keep != 1) rowScale(out + i * oStride, out + i * oStride, keep, 0, width);
        store<f32>(mine, shift);
        store<f32>(mine, load<f32>(mine, 4) * keep + sum, 4);
      }
    }
    gemm(rows, width, columns, scores, stride, 4, v + j * vStride, vStride, 4, out, oStride, j ? out : 0, oStride, work);
  }
  const lse = load<usize>(p, AttentionWord.Lse) + (((batch * load<u32>(p, AttentionWord.Heads) + head) * queries + first) << 2);
  for (let i = 0; i < rows; i++) {
    const sum = load<f32>(state + (i << 3), 4);
    rowScale(out + i * oStride, out + i * oStride, 1 / sum, 0, width);
    store<f32>(lse + (i << 2), load<f32>(state + (i << 3)) + f32x4.extract_lane(log4(splat(sum)), 0));
  }
}

export function attention(p: usize, task: u32): void {
  const heads = load<u32>(p, AttentionWord.Heads);
  const blocks = load<u32>(p, AttentionWord.BlocksQ);
  const perTask = load<u32>(p, AttentionWord.UnitsPerTask);
  const end = min(load<u32>(p, AttentionWord.Batch) * heads * blocks, (task + 1) * perTask);
  for (let unit = task * perTask; unit < end; unit++) {
    const pair = unit / blocks;
    forwardBlock(p, pair / heads, pair % heads, unit % blocks);
  }
}

/** Row of probabilities and of score gradients: p = exp(s - lse), ds = p (dp - delta). */
function gradientRow(s: usize, dp: usize, lse: f32, delta: f32, n: i32): void {
  const shift = splat(lse);
  const d = splat(delta);
  for (; n > 0; n -= 4) {
    const e = expBelow4(f32x4.sub(v128.load(s), shift));
    const g = f32x4.mul(e, f32x4.sub(v128.load(dp), d));
    if (n >= 4) {
      v128.store(s, e);
      v128.store(dp, g);
    } else {
      storePart(s, e, n);
      storePart(dp, g, n);
    }
    s += 16;
    dp += 16;
  }
}

/** All gradients of one head. */
function backwardHead(p: usize, batch: u32, head: u32): void {
  const queries = load<i32>(p, AttentionWord.Queries);
  const keys = keysOf(p, batch);
  const width = load<i32>(p, AttentionWord.Width);
  const scale = load<f32>(p, AttentionWord.Scale);
  const blockQ = load<i32>(p, AttentionWord.BlockQ);
  const blockK = load<i32>(p, AttentionWord.BlockK);
  const qStride = strideOf(p, Q);
  const kStride = strideOf(p, K);
  const vStride = strideOf(p, V);
  const oStride = strideOf(p, OUT);
  const gStride = strideOf(p, DOUT);
  const dqStride = strideOf(p, DQ);
  const dkStride = strideOf(p, DK);
  const dvStride = strideOf(p, DV);
  const out = headOf(p, OUT, batch, head);
  const scaled = scratch + load<u32>(p, AttentionWord.ScaledQueries);
  const qRow = width << 2;
  const scores = scratch + load<u32>(p, AttentionWord.Scores);
  const gradients = scratch + load<u32>(p, AttentionWord.Gradients);
  const work = scratch + load<u32>(p, AttentionWord.Work);
  const delta = scratch + load<u32>(p, AttentionWord.RowState);
  const lse = load<usize>(p, AttentionWord.Lse) + (((batch * load<u32>(p, AttentionWord.Heads) + head) * queries) << 2);
  for (let i = 0; i < queries; i += blockQ) {
    const rows = min(blockQ, queries - i);
    const q = headOf(p, Q, batch, head) + i * qStride;
    const g = headOf(p, DOUT, batch, head) + i * gStride;
    const dq = headOf(p, DQ, batch, head) + i * dqStride;
    for (let r = 0; r < rows; r++) rowScale(scaled + r * qRow, q + r * qStride, scale, 0, width);
    for (let r = 0; r < rows; r++) store<f32>(delta + (r << 2), rowDot(out + (i + r) * oStride, g + r * gStride, width));
    for (let j = 0; j < keys; j += blockK) {
      const columns = min(blockK, keys - j);
      const stride = columns << 2;
      const k = headOf(p, K, batch, head) + j * kStride;
      const v = headOf(p, V, batch, head) + j * vStride;
      const dk = headOf(p, DK, batch, head) + j * dkStride;
      const dv = headOf(p, DV, batch, head) + j * dvStride;
      gemm(rows, columns, width, scaled, qRow, 4, k, 4, kStride, scores, stride, 0, 0, work);
      gemm(rows, columns, width, g, gStride, 4, v, 4, vStride, gradients, stride, 0, 0, work);
      for (let r = 0; r < rows; r++)
        gradientRow(scores + r * stride, gradients + r * stride, load<f32>(lse + ((i + r) << 2)), load<f32>(delta + (r << 2)), columns);
      gemm(columns, width, rows, scores, 4, stride, g, gStride, 4, dv, dvStride, i ? dv : 0, dvStride, work);
      gemm(columns, width, rows, gradients, 4, stride, scaled, qRow, 4, dk, dkStride, i ? dk : 0, dkStride, work);
      gemm(rows, width, columns, gradients, stride, 4, k, kStride, 4, dq, dqStride, j ? dq : 0, dqStride, work);
    }
    for (let r = 0; r < rows; r++) rowScale(dq + r * dqStride, dq + r * dqStride, scale, 0, width);
  }
  const bytes = <usize>width << 2;
  for (let j = keys; j < load<i32>(p, AttentionWord.Keys); j++) {
    memory.fill(headOf(p, DK, batch, head) + j * dkStride, 0, bytes);
    memory.fill(headOf(p, DV, batch, head) + j * dvStride, 0, bytes);
  }
}

export function attentionBackward(p: usize, task: u32): void {
  const heads = load<u32>(p, AttentionWord.Heads);
  const perTask = load<u32>(p, AttentionWord.UnitsPerTask);
  const end = min(load<u32>(p, AttentionWord.Batch) * heads, (task + 1) * perTask);
  for (let unit = task * perTask; unit < end; unit++) backwardHead(p, unit / heads, unit % heads);
}

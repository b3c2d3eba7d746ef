/** Batched matrix product: a task is a few blocks, each BlockM x BlockN of one batch's C. */
import { MatmulWord } from "../src/backends/wasm/opcodes";
import { gemm } from "./gemm";
import { rowScale } from "./rows";
import { addWords } from "./simd";
import { scratch } from "./thread";

/** Longest run of k summed into one place: sums of longer ones are made apart and added. Also known to the host, which sizes scratch. */
const MAX_RUN: i32 = 32768;

/** C [m, n] = A B + D as `gemm`; `apart` bytes of scratch hold the sums of further runs of k. */
function product(
  m: i32, n: i32, k: i32,
  a: usize, aRow: i32, aColumn: i32,
  b: usize, bRow: i32, bColumn: i32,
  c: usize, cRow: i32,
  d: usize, dRow: i32,
  apart: i32,
): void {
  const work = scratch + apart;
  gemm(m, n, min(k, MAX_RUN), a, aRow, aColumn, b, bRow, bColumn, c, cRow, d, dRow, work);
  for (let k0 = MAX_RUN; k0 < k; k0 += MAX_RUN) {
    gemm(m, n, min(k - k0, MAX_RUN), a + k0 * aColumn, aRow, aColumn, b + k0 * bRow, bRow, bColumn, scratch, n << 2, 0, 0, work);
    for (let i = 0; i < m; i++) addWords(c + i * cRow, scratch + ((i * n) << 2), n);
  }
}

/** Copies an addend with strided columns into C, from where the product starts. */
function seed(m: i32, n: i32, d: usize, dRow: i32, dColumn: i32, c: usize, cRow: i32): void {
  for (let i = 0; i < m; i++) {
    let from = d + i * dRow;
    const to = c + i * cRow;
    for (let j = 0; j < n; j++) {
      store<u32>(to + (j << 2), load<u32>(from));
      from += dColumn;
    }
  }
}

/** C = scale * C (+ D, if d). */
function scaleBlock(m: i32, n: i32, scale: f32, d: usize, dRow: i32, dColumn: i32, c: usize, cRow: i32): void {
  for (let i = 0; i < m; i++) {
    const to = c + i * cRow;
    rowScale(to, to, scale, 0, n);
    if (!d) continue;
    let from = d + i * dRow;
    for (let j = 0; j < n; j++) {
      store<f32>(to + (j << 2), load<f32>(to + (j << 2)) + load<f32>(from));
      from += dColumn;
    }
  }
}

export function matmul(p: usize, task: u32): void {
  const m = load<i32>(p, MatmulWord.M);
  const n = load<i32>(p, MatmulWord.N);
  const k = load<i32>(p, MatmulWord.K);
  const aRow = load<i32>(p, MatmulWord.ARow);
  const aColumn = load<i32>(p, MatmulWord.AColumn);
  const bRow = load<i32>(p, MatmulWord.BRow);
  const bColumn = load<i32>(p, MatmulWord.BColumn);
  const dRow = load<i32>(p, MatmulWord.DRow);
  const dColumn = load<i32>(p, MatmulWord.DColumn);
  const scale = load<f32>(p, MatmulWord.Scale);
  const blockM = load<i32>(p, MatmulWord.BlockM);
  const blockN = load<i32>(p, MatmulWord.BlockN);
  const blocksM = load<u32>(p, MatmulWord.BlocksM);
  const blocksN = load<u32>(p, MatmulWord.BlocksN);
  const inner = load<u32>(p, MatmulWord.BatchInner);
  const perTask = load<u32>(p, MatmulWord.BlocksPerTask);
  const cRow = n << 2;
  const apart = k > MAX_RUN ? (blockM * blockN) << 2 : 0;
  const end = min((task + 1) * perTask, load<u32>(p, MatmulWord.Blocks));
  for (let block = task * perTask; block < end; block++) {
    const row = block / blocksN;
    const j = <i32>(block - row * blocksN) * blockN;
    const batch = row / blocksM;
    const i = <i32>(row - batch * blocksM) * blockM;
    const batch0 = batch / inner;
    const batch1 = batch - batch0 * inner;
    const mc = min(blockM, m - i);
    const nc = min(blockN, n - j);
    const a = load<usize>(p, MatmulWord.A) + batch0 * load<u32>(p, MatmulWord.ABatch0) + batch1 * load<u32>(p, MatmulWord.ABatch1) + i * aRow;
    const b = load<usize>(p, MatmulWord.B) + batch0 * load<u32>(p, MatmulWord.BBatch0) + batch1 * load<u32>(p, MatmulWord.BBatch1) + j * bColumn;
    const c = load<usize>(p, MatmulWord.C) + batch * (m * cRow) + i * cRow + (j << 2);
    let d = load<usize>(p, MatmulWord.D);
    if (d) d += batch0 * load<u32>(p, MatmulWord.DBatch0) + batch1 * load<u32>(p, MatmulWord.DBatch1) + i * dRow + j * dColumn;
    if (scale != 1) {
      product(mc, nc, k, a, aRow, aColumn, b, bRow, bColumn, c, cRow, 0, 0, apart);
      scaleBlock(mc, nc, scale, d, dRow, dColumn, c, cRow);
    } else if (d && dColumn != 4) {
      seed(mc, nc, d, dRow, dColumn, c, cRow);
      product(mc, nc, k, a, aRow, aColumn, b, bRow, bColumn, c, cRow, c, cRow, apart);
    } else product(mc, nc, k, a, aRow, aColumn, b, bRow, bColumn, c, cRow, d, dRow, apart);
  }
}

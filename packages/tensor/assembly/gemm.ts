/**
 * Matrix product on one thread: the blocks of `matmul` tasks and of attention. K is cut so that a panel of A stays in
 * the first-level cache; B is packed into panels of eight columns when its columns are not contiguous or when there are
 * enough rows to repay it.
 */
import { Control } from "../src/backends/wasm/opcodes";
import { columns1, columns2, columns3, columns4, columns5, columns6 } from "./micro-columns";
import { rows1, rows2, rows3, rows4, rows5, rows6 } from "./micro-rows";
import { packColumns, packRows, packSixes } from "./pack";
import { copyWords, storePart } from "./simd";
import { setOutput } from "./tile-output";

/** Longest run of k in one pass. Also known to the host, which sizes scratch. */
const MAX_DEPTH: i32 = 384;
/** Rows from which copying B into panels is cheaper than reading it with long strides. */
const PACKING_ROWS: i32 = 48;
/** Strides of A, from k to k, from which copying its rows is cheaper: far apart, they share few places in the cache. */
const FAR: i32 = 1024;
/** Columns of C that repay that copy. */
const PACKING_COLUMNS: i32 = 32;
/** Rows of A copied together: most of two cache lines. */
const ROWS_TOGETHER: i32 = 24;
/** Bytes in front of the packed panels: one 6 x 8 tile for ragged right edges and for sums that join what C holds. */
const EDGE: usize = 256;

function tile(byRows: bool, rows: i32, k: i32, a: usize, as: usize, b: usize, bs: usize): void {
  if (byRows)
    switch (rows) {
      case 1: rows1(k, a, as, b, bs); break;
      case 2: rows2(k, a, as, b, bs); break;
      case 3: rows3(k, a, as, b, bs); break;
      case 4: rows4(k, a, as, b, bs); break;
      case 5: rows5(k, a, as, b, bs); break;
      default: rows6(k, a, as, b, bs);
    }
  else
    switch (rows) {
      case 1: columns1(k, a, as, b, bs); break;
      case 2: columns2(k, a, as, b, bs); break;
      case 3: columns3(k, a, as, b, bs); break;
      case 4: columns4(k, a, as, b, bs); break;
      case 5: columns5(k, a, as, b, bs); break;
      default: columns6(k, a, as, b, bs);
    }
}

/** Adds a tile of rows x 8 at `from` to `columns` columns of C. */
function addTile(c: usize, cRow: i32, from: usize, rows: i32, columns: i32): void {
  for (; rows > 0; rows--) {
    const low = f32x4.add(v128.load(c), v128.load(from));
    const high = f32x4.add(v128.load(c, 16), v128.load(from, 16));
    if (columns >= 8) {
      v128.store(c, low);
      v128.store(c, high, 16);
    } else if (columns >= 4) {
      v128.store(c, low);
      storePart(c + 16, high, columns - 4);
    } else storePart(c, low, columns);
    c += cRow;
    from += 32;
  }
}

/**
 * C [m, n] = A [m, k] B [k, n] + D. C's and D's columns are contiguous; D may be 0 (none) or C itself. Either
 * stride of A and of B is 4 bytes. What joins C is summed by itself first, in runs of at most MAX_DEPTH, so that rounding does not grow with
 * k. `work` holds 256 + 4 k (24 + ceil8(n)) bytes for k up to MAX_DEPTH.
 */
export function gemm(
  m: i32, n: i32, k: i32,
  a: usize, aRow: i32, aColumn: i32,
  b: usize, bRow: i32, bColumn: i32,
  c: usize, cRow: i32,
  d: usize, dRow: i32,
  work: usize,
): void {
  const byRows = aColumn == 4;
  const packA = !byRows && aColumn >= FAR && n >= PACKING_COLUMNS;
  const aStep = byRows ? aRow : packA ? 24 : aColumn;
  const passes = (k + MAX_DEPTH - 1) / MAX_DEPTH;
  const depth = passes > 1 ? (k + passes - 1) / passes : k;
  const pack = bColumn != 4 || m >= PACKING_ROWS;
  const panelsA = work + EDGE;
  const panels = panelsA + (min(k, MAX_DEPTH) * (ROWS_TOGETHER * 4));
  let k0 = 0;
  do {
    const kc = min(depth, k - k0);
    const from = b + k0 * bRow;
    if (pack) {
      if (bColumn == 4) packRows(panels, from, bRow, kc, n);
      else packColumns(panels, from, bColumn, kc, n);
    }
    const bStep = pack ? 32 : bRow;
    const bPanel = pack ? kc << 5 : 32;
    const joins = d == c;
    // No addend: every row starts from the same eight zeros.
    const fresh = joins || !d;
    const start = fresh ? Control.Zeros : d;
    const startRow = fresh ? 0 : dRow;
    const startColumn = fresh ? 0 : 32;
    for (let i = 0; i < m; i += 6) {
      const rows = min(6, m - i);
      let ai = a + i * aRow + k0 * aColumn;
      if (packA) {
        const inside = i % ROWS_TOGETHER;
        if (inside == 0) packSixes(panelsA, ai, aColumn, kc, min(ROWS_TOGETHER, m - i));
        ai = panelsA + inside * (kc << 2);
      }
      let bj = pack ? panels : from;
      let cj = c + i * cRow;
      let dj = start + i * startRow;
      for (let left = n; left > 0; left -= 8) {
        const direct = left >= 8 && !joins;
        setOutput(direct ? cj : work, direct ? cRow : 32, dj, startRow);
        tile(byRows, rows, kc, ai, aStep, bj, bStep);
        if (joins) addTile(cj, cRow, work, rows, left);
        else if (!direct) for (let r = 0; r < rows; r++) copyWords(cj + r * cRow, work + (r << 5), left);
        bj += bPanel;
        cj += 32;
        dj += startColumn;
      }
    }
    d = c;
    dRow = cRow;
    k0 += depth;
  } while (k0 < k);
}

/**
 * Matrix product on one thread: the blocks of `matmul` tasks and of attention. K is cut so that a panel of A stays in
 * the first-level cache; B is packed into panels as wide as a tile when its columns are not contiguous or when there are
 * enough rows to repay it.
 */
import { Control } from "../src/backends/wasm/opcodes";
import { addColumns, TILE_COLUMN_BYTES, TILE_COLUMNS, TILE_ROW_BYTES, TILE_ROWS, tile } from "./generated/tile";
import { packColumns, packLeft, packRows } from "./pack";
import { addWords, copyWords } from "./simd";
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
const ROWS_TOGETHER: i32 = 4 * TILE_ROWS;
/** Bytes in front of the packed panels: one tile for ragged right edges and for sums that join what C holds. */
const EDGE: i32 = (TILE_ROWS * TILE_ROW_BYTES + 255) & -256;

/** C += a tile, of which it has `columns` columns. */
function addTile(c: usize, cRow: i32, from: usize, rows: i32, columns: i32): void {
  for (; rows > 0; rows--) {
    if (columns >= TILE_COLUMNS) addColumns(c, from);
    else addWords(c, from, columns);
    c += cRow;
    from += TILE_ROW_BYTES;
  }
}

/**
 * C [m, n] = A [m, k] B [k, n] + D. C's and D's columns are contiguous; D may be 0 (none) or C itself. Either
 * stride of A and of B is 4 bytes. What joins C is summed by itself first, in runs of at most MAX_DEPTH, so that rounding does not grow with
 * k. `work` holds EDGE bytes and, for each k up to MAX_DEPTH, ROWS_TOGETHER words and n rounded up to whole tiles.
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
  const aStep = byRows ? aRow : packA ? TILE_COLUMN_BYTES : aColumn;
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
    const bStep = pack ? TILE_ROW_BYTES : bRow;
    const bPanel = pack ? kc * TILE_ROW_BYTES : TILE_ROW_BYTES;
    const joins = d == c;
    // No addend: every row starts from the same zeros.
    const fresh = joins || !d;
    const start = fresh ? Control.Zeros : d;
    const startRow = fresh ? 0 : dRow;
    const startColumn = fresh ? 0 : TILE_ROW_BYTES;
    for (let i = 0; i < m; i += TILE_ROWS) {
      const rows = min(TILE_ROWS, m - i);
      let ai = a + i * aRow + k0 * aColumn;
      if (packA) {
        const inside = i % ROWS_TOGETHER;
        if (inside == 0) packLeft(panelsA, ai, aColumn, kc, min(ROWS_TOGETHER, m - i));
        ai = panelsA + inside * (kc << 2);
      }
      let bj = pack ? panels : from;
      let cj = c + i * cRow;
      let dj = start + i * startRow;
      for (let left = n; left > 0; left -= TILE_COLUMNS) {
        const direct = left >= TILE_COLUMNS && !joins;
        setOutput(direct ? cj : work, direct ? cRow : TILE_ROW_BYTES, dj, startRow);
        tile(byRows, rows, kc, ai, aStep, bj, bStep);
        if (joins) addTile(cj, cRow, work, rows, left);
        else if (!direct) for (let r = 0; r < rows; r++) copyWords(cj + r * cRow, work + r * TILE_ROW_BYTES, left);
        bj += bPanel;
        cj += TILE_ROW_BYTES;
        dj += startColumn;
      }
    }
    d = c;
    dRow = cRow;
    k0 += depth;
  } while (k0 < k);
}

/**
 * Matrix product on one thread: the blocks of `matmul` tasks and of attention. K is cut so that a panel of A stays in
 * the first-level cache; B is packed into panels of eight columns when its columns are not contiguous or when there are
 * enough rows to repay it.
 */
import { columns1, columns2, columns3, columns4, columns5, columns6 } from "./micro-columns";
import { rows1, rows2, rows3, rows4, rows5, rows6 } from "./micro-rows";
import { packColumns, packRows } from "./pack";
import { copyWords } from "./simd";

/** Longest run of k in one pass. Also known to the host, which sizes scratch. */
const MAX_DEPTH: i32 = 384;
/** Rows from which copying B into panels is cheaper than reading it with long strides. */
const PACKING_ROWS: i32 = 48;
/** Bytes in front of the packed panels: one 6 x 8 tile for ragged right edges. */
const EDGE: usize = 256;

function tile(byRows: bool, rows: i32, k: i32, a: usize, as: usize, b: usize, bs: usize, c: usize, cs: usize, scale: f32, d: usize, ds: usize): void {
  if (byRows)
    switch (rows) {
      case 1: rows1(k, a, as, b, bs, c, cs, scale, d, ds); break;
      case 2: rows2(k, a, as, b, bs, c, cs, scale, d, ds); break;
      case 3: rows3(k, a, as, b, bs, c, cs, scale, d, ds); break;
      case 4: rows4(k, a, as, b, bs, c, cs, scale, d, ds); break;
      case 5: rows5(k, a, as, b, bs, c, cs, scale, d, ds); break;
      default: rows6(k, a, as, b, bs, c, cs, scale, d, ds);
    }
  else
    switch (rows) {
      case 1: columns1(k, a, as, b, bs, c, cs, scale, d, ds); break;
      case 2: columns2(k, a, as, b, bs, c, cs, scale, d, ds); break;
      case 3: columns3(k, a, as, b, bs, c, cs, scale, d, ds); break;
      case 4: columns4(k, a, as, b, bs, c, cs, scale, d, ds); break;
      case 5: columns5(k, a, as, b, bs, c, cs, scale, d, ds); break;
      default: columns6(k, a, as, b, bs, c, cs, scale, d, ds);
    }
}

/**
 * C [m, n] = scale * A [m, k] B [k, n] + D. C's and D's columns are contiguous; D may be 0 (none) or C itself. Either
 * stride of A and of B is 4 bytes. `work` holds 256 + 4 k ceil8(n) bytes for k up to MAX_DEPTH.
 */
export function gemm(
  m: i32, n: i32, k: i32,
  a: usize, aRow: i32, aColumn: i32,
  b: usize, bRow: i32, bColumn: i32,
  c: usize, cRow: i32,
  scale: f32, d: usize, dRow: i32,
  work: usize,
): void {
  const byRows = aColumn == 4;
  const aStep = byRows ? aRow : aColumn;
  const passes = (k + MAX_DEPTH - 1) / MAX_DEPTH;
  const depth = passes > 1 ? ((k + passes - 1) / passes + 3) & ~3 : k;
  const pack = bColumn != 4 || m >= PACKING_ROWS;
  const panels = work + EDGE;
  for (let k0 = 0; k0 == 0 || k0 < k; k0 += depth) {
    const kc = min(depth, k - k0);
    if (pack) {
      const from = b + k0 * bRow;
      if (bColumn == 4) packRows(panels, from, bRow, kc, n);
      else packColumns(panels, from, bColumn, kc, n);
    }
    const bStep = pack ? 32 : bRow;
    const bPanel = pack ? kc << 5 : 32;
    for (let i = 0; i < m; i += 6) {
      const rows = min(6, m - i);
      const ai = a + i * aRow + k0 * aColumn;
      let bj = pack ? panels : b + k0 * bRow;
      let cj = c + i * cRow;
      let dj = d ? d + i * dRow : 0;
      for (let j = 0; j < n; j += 8) {
        if (n - j >= 8) tile(byRows, rows, kc, ai, aStep, bj, bStep, cj, cRow, scale, dj, dRow);
        else {
          tile(byRows, rows, kc, ai, aStep, bj, bStep, work, 32, scale, dj, dRow);
          for (let r = 0; r < rows; r++) copyWords(cj + r * cRow, work + (r << 5), n - j);
        }
        bj += bPanel;
        cj += 32;
        if (dj) dj += 32;
      }
    }
    d = c;
    dRow = cRow;
  }
}

/**
 * Copies blocks of the operands of a product into the order in which the register tiles read them. A panel of B holds
 * a tile's columns for every k, k-major; a panel of A a tile's rows for every k.
 */
import { copyColumns, copyRows, TILE_COLUMN_BYTES, TILE_COLUMNS, TILE_ROW_BYTES, TILE_ROWS } from "./generated/tile";

/** B with contiguous columns. A ragged last panel holds whatever follows in memory; its results are never stored. */
export function packRows(to: usize, b: usize, bRow: i32, k: i32, n: i32): void {
  for (let j = 0; j < n; j += TILE_COLUMNS) {
    let from = b + (j << 2);
    for (let i = 0; i < k; i++) {
      copyColumns(to, from);
      to += TILE_ROW_BYTES;
      from += bRow;
    }
  }
}

/** Four columns by four k, transposed. */
@inline
function transpose4(to: usize, a: usize, b: usize, c: usize, d: usize): void {
  const va = v128.load(a);
  const vb = v128.load(b);
  const vc = v128.load(c);
  const vd = v128.load(d);
  const ab0 = i8x16.shuffle(va, vb, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const ab1 = i8x16.shuffle(va, vb, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  const cd0 = i8x16.shuffle(vc, vd, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const cd1 = i8x16.shuffle(vc, vd, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  v128.store(to, i8x16.shuffle(ab0, cd0, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
  v128.store(to, i8x16.shuffle(ab0, cd0, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31), TILE_ROW_BYTES);
  v128.store(to, i8x16.shuffle(ab1, cd1, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23), 2 * TILE_ROW_BYTES);
  v128.store(to, i8x16.shuffle(ab1, cd1, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31), 3 * TILE_ROW_BYTES);
}

/** Four columns for every k. */
function packFour(to: usize, a: usize, b: usize, c: usize, d: usize, k: i32): void {
  for (; k >= 4; k -= 4) {
    transpose4(to, a, b, c, d);
    to += 4 * TILE_ROW_BYTES;
    a += 16;
    b += 16;
    c += 16;
    d += 16;
  }
  for (; k > 0; k--) {
    store<u32>(to, load<u32>(a));
    store<u32>(to, load<u32>(b), 4);
    store<u32>(to, load<u32>(c), 8);
    store<u32>(to, load<u32>(d), 12);
    to += TILE_ROW_BYTES;
    a += 4;
    b += 4;
    c += 4;
    d += 4;
  }
}

/** B with contiguous k and columns `bColumn` apart. Columns past the last repeat the last. */
export function packColumns(to: usize, b: usize, bColumn: i32, k: i32, n: i32): void {
  for (let j = 0; j < n; j += 4) {
    const last = n - 1 - j;
    const a = b + j * bColumn;
    const within = (<u32>j % TILE_COLUMNS) << 2;
    packFour(to + within, a, a + min(1, last) * bColumn, a + min(2, last) * bColumn, a + min(3, last) * bColumn, k);
    if (within == TILE_ROW_BYTES - 16) to += k * TILE_ROW_BYTES;
  }
}

/** A with contiguous rows at each k. Rows past the last hold whatever follows in memory. */
export function packLeft(to: usize, a: usize, aColumn: i32, k: i32, m: i32): void {
  const panel = k * TILE_COLUMN_BYTES;
  for (; k > 0; k--) {
    let from = a;
    let at = to;
    for (let left = m; left > 0; left -= TILE_ROWS) {
      copyRows(at, from);
      from += TILE_COLUMN_BYTES;
      at += panel;
    }
    a += aColumn;
    to += TILE_COLUMN_BYTES;
  }
}

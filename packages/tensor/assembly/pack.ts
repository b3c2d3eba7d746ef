/**
 * Copies blocks of the operands of a product into the order in which the register tiles read them. A panel of B holds
 * eight columns for every k, k-major; a panel of A six rows for every k.
 */

/** B with contiguous columns. A ragged last panel holds whatever follows in memory; its results are never stored. */
export function packRows(to: usize, b: usize, bRow: i32, k: i32, n: i32): void {
  for (let j = 0; j < n; j += 8) {
    let from = b + (j << 2);
    for (let i = 0; i < k; i++) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      to += 32;
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
  v128.store(to, i8x16.shuffle(ab0, cd0, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31), 32);
  v128.store(to, i8x16.shuffle(ab1, cd1, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23), 64);
  v128.store(to, i8x16.shuffle(ab1, cd1, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31), 96);
}

/** Four columns for every k; panels are 32 bytes from k to k. */
function packFour(to: usize, a: usize, b: usize, c: usize, d: usize, k: i32): void {
  for (; k >= 4; k -= 4) {
    transpose4(to, a, b, c, d);
    to += 128;
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
    to += 32;
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
    packFour(to + ((j & 4) << 2), a, a + min(1, last) * bColumn, a + min(2, last) * bColumn, a + min(3, last) * bColumn, k);
    if (j & 4) to += k << 5;
  }
}

/** A with contiguous rows at each k into panels of six rows. Rows past the last hold whatever follows in memory. */
export function packSixes(to: usize, a: usize, aColumn: i32, k: i32, m: i32): void {
  const panel = k * 24;
  for (; k > 0; k--) {
    let from = a;
    let at = to;
    for (let left = m; left > 0; left -= 6) {
      // The second store repeats two of the first: 24 bytes are a vector and a half.
      v128.store(at, v128.load(from));
      v128.store(at, v128.load(from, 8), 8);
      from += 24;
      at += panel;
    }
    a += aColumn;
    to += 24;
  }
}

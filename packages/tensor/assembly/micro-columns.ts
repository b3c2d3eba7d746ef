import { madd, splat } from "./simd";

/** Register tiles as in micro-rows.ts, for an A whose six rows are contiguous at each k. */

export function columns1(k: i32, a: usize, as: usize, b: usize, bs: usize, c: usize, cs: usize, scale: f32, d: usize, ds: usize): void {
  let l0 = splat(0);
  let h0 = splat(0);
  let b0: v128;
  let b1: v128;
  let x: v128;
  for (; k > 0; k--) {
    b0 = v128.load(b);
    b1 = v128.load(b, 16);
    x = v128.load32_splat(a);
    l0 = madd(x, b0, l0);
    h0 = madd(x, b1, h0);
    b += bs;
    a += as;
  }
  const s = splat(scale);
  if (d) {
    l0 = madd(l0, s, v128.load(d));
    h0 = madd(h0, s, v128.load(d, 16));
  } else {
    l0 = f32x4.mul(l0, s);
    h0 = f32x4.mul(h0, s);
  }
  v128.store(c, l0);
  v128.store(c, h0, 16);
}

export function columns2(k: i32, a: usize, as: usize, b: usize, bs: usize, c: usize, cs: usize, scale: f32, d: usize, ds: usize): void {
  let l0 = splat(0);
  let h0 = splat(0);
  let l1 = splat(0);
  let h1 = splat(0);
  let b0: v128;
  let b1: v128;
  let x: v128;
  for (; k > 0; k--) {
    b0 = v128.load(b);
    b1 = v128.load(b, 16);
    x = v128.load32_splat(a);
    l0 = madd(x, b0, l0);
    h0 = madd(x, b1, h0);
    x = v128.load32_splat(a, 4);
    l1 = madd(x, b0, l1);
    h1 = madd(x, b1, h1);
    b += bs;
    a += as;
  }
  const s = splat(scale);
  if (d) {
    l0 = madd(l0, s, v128.load(d));
    h0 = madd(h0, s, v128.load(d, 16));
    d += ds;
    l1 = madd(l1, s, v128.load(d));
    h1 = madd(h1, s, v128.load(d, 16));
  } else {
    l0 = f32x4.mul(l0, s);
    h0 = f32x4.mul(h0, s);
    l1 = f32x4.mul(l1, s);
    h1 = f32x4.mul(h1, s);
  }
  v128.store(c, l0);
  v128.store(c, h0, 16);
  c += cs;
  v128.store(c, l1);
  v128.store(c, h1, 16);
}

export function columns3(k: i32, a: usize, as: usize, b: usize, bs: usize, c: usize, cs: usize, scale: f32, d: usize, ds: usize): void {
  let l0 = splat(0);
  let h0 = splat(0);
  let l1 = splat(0);
  let h1 = splat(0);
  let l2 = splat(0);
  let h2 = splat(0);
  let b0: v128;
  let b1: v128;
  let x: v128;
  for (; k > 0; k--) {
    b0 = v128.load(b);
    b1 = v128.load(b, 16);
    x = v128.load32_splat(a);
    l0 = madd(x, b0, l0);
    h0 = madd(x, b1, h0);
    x = v128.load32_splat(a, 4);
    l1 = madd(x, b0, l1);
    h1 = madd(x, b1, h1);
    x = v128.load32_splat(a, 8);
    l2 = madd(x, b0, l2);
    h2 = madd(x, b1, h2);
    b += bs;
    a += as;
  }
  const s = splat(scale);
  if (d) {
    l0 = madd(l0, s, v128.load(d));
    h0 = madd(h0, s, v128.load(d, 16));
    d += ds;
    l1 = madd(l1, s, v128.load(d));
    h1 = madd(h1, s, v128.load(d, 16));
    d += ds;
    l2 = madd(l2, s, v128.load(d));
    h2 = madd(h2, s, v128.load(d, 16));
  } else {
    l0 = f32x4.mul(l0, s);
    h0 = f32x4.mul(h0, s);
    l1 = f32x4.mul(l1, s);
    h1 = f32x4.mul(h1, s);
    l2 = f32x4.mul(l2, s);
    h2 = f32x4.mul(h2, s);
  }
  v128.store(c, l0);
  v128.store(c, h0, 16);
  c += cs;
  v128.store(c, l1);
  v128.store(c, h1, 16);
  c += cs;
  v128.store(c, l2);
  v128.store(c, h2, 16);
}

export function columns4(k: i32, a: usize, as: usize, b: usize, bs: usize, c: usize, cs: usize, scale: f32, d: usize, ds: usize): void {
  let l0 = splat(0);
  let h0 = splat(0);
  let l1 = splat(0);
  let h1 = splat(0);
  let l2 = splat(0);
  let h2 = splat(0);
  let l3 = splat(0);
  let h3 = splat(0);
  let b0: v128;
  let b1: v128;
  let x: v128;
  for (; k > 0; k--) {
    b0 = v128.load(b);
    b1 = v128.load(b, 16);
    x = v128.load32_splat(a);
    l0 = madd(x, b0, l0);
    h0 = madd(x, b1, h0);
    x = v128.load32_splat(a, 4);
    l1 = madd(x, b0, l1);
    h1 = madd(x, b1, h1);
    x = v128.load32_splat(a, 8);
    l2 = madd(x, b0, l2);
    h2 = madd(x, b1, h2);
    x = v128.load32_splat(a, 12);
    l3 = madd(x, b0, l3);
    h3 = madd(x, b1, h3);
    b += bs;
    a += as;
  }
  const s = splat(scale);
  if (d) {
    l0 = madd(l0, s, v128.load(d));
    h0 = madd(h0, s, v128.load(d, 16));
    d += ds;
    l1 = madd(l1, s, v128.load(d));
    h1 = madd(h1, s, v128.load(d, 16));
    d += ds;
    l2 = madd(l2, s, v128.load(d));
    h2 = madd(h2, s, v128.load(d, 16));
    d += ds;
    l3 = madd(l3, s, v128.load(d));
    h3 = madd(h3, s, v128.load(d, 16));
  } else {
    l0 = f32x4.mul(l0, s);
    h0 = f32x4.mul(h0, s);
    l1 = f32x4.mul(l1, s);
    h1 = f32x4.mul(h1, s);
    l2 = f32x4.mul(l2, s);
    h2 = f32x4.mul(h2, s);
    l3 = f32x4.mul(l3, s);
    h3 = f32x4.mul(h3, s);
  }
  v128.store(c, l0);
  v128.store(c, h0, 16);
  c += cs;
  v128.store(c, l1);
  v128.store(c, h1, 16);
  c += cs;
  v128.store(c, l2);
  v128.store(c, h2, 16);
  c += cs;
  v128.store(c, l3);
  v128.store(c, h3, 16);
}

export function columns5(k: i32, a: usize, as: usize, b: usize, bs: usize, c: usize, cs: usize, scale: f32, d: usize, ds: usize): void {
  let l0 = splat(0);
  let h0 = splat(0);
  let l1 = splat(0);
  let h1 = splat(0);
  let l2 = splat(0);
  let h2 = splat(0);
  let l3 = splat(0);
  let h3 = splat(0);
  let l4 = splat(0);
  let h4 = splat(0);
  let b0: v128;
  let b1: v128;
  let x: v128;
  for (; k > 0; k--) {
    b0 = v128.load(b);
    b1 = v128.load(b, 16);
    x = v128.load32_splat(a);
    l0 = madd(x, b0, l0);
    h0 = madd(x, b1, h0);
    x = v128.load32_splat(a, 4);
    l1 = madd(x, b0, l1);
    h1 = madd(x, b1, h1);
    x = v128.load32_splat(a, 8);
    l2 = madd(x, b0, l2);
    h2 = madd(x, b1, h2);
    x = v128.load32_splat(a, 12);
    l3 = madd(x, b0, l3);
    h3 = madd(x, b1, h3);
    x = v128.load32_splat(a, 16);
    l4 = madd(x, b0, l4);
    h4 = madd(x, b1, h4);
    b += bs;
    a += as;
  }
  const s = splat(scale);
  if (d) {
    l0 = madd(l0, s, v128.load(d));
    h0 = madd(h0, s, v128.load(d, 16));
    d += ds;
    l1 = madd(l1, s, v128.load(d));
    h1 = madd(h1, s, v128.load(d, 16));
    d += ds;
    l2 = madd(l2, s, v128.load(d));
    h2 = madd(h2, s, v128.load(d, 16));
    d += ds;
    l3 = madd(l3, s, v128.load(d));
    h3 = madd(h3, s, v128.load(d, 16));
    d += ds;
    l4 = madd(l4, s, v128.load(d));
    h4 = madd(h4, s, v128.load(d, 16));
  } else {
    l0 = f32x4.mul(l0, s);
    h0 = f32x4.mul(h0, s);
    l1 = f32x4.mul(l1, s);
    h1 = f32x4.mul(h1, s);
    l2 = f32x4.mul(l2, s);
    h2 = f32x4.mul(h2, s);
    l3 = f32x4.mul(l3, s);
    h3 = f32x4.mul(h3, s);
    l4 = f32x4.mul(l4, s);
    h4 = f32x4.mul(h4, s);
  }
  v128.store(c, l0);
  v128.store(c, h0, 16);
  c += cs;
  v128.store(c, l1);
  v128.store(c, h1, 16);
  c += cs;
  v128.store(c, l2);
  v128.store(c, h2, 16);
  c += cs;
  v128.store(c, l3);
  v128.store(c, h3, 16);
  c += cs;
  v128.store(c, l4);
  v128.store(c, h4, 16);
}

export function columns6(k: i32, a: usize, as: usize, b: usize, bs: usize, c: usize, cs: usize, scale: f32, d: usize, ds: usize): void {
  let l0 = splat(0);
  let h0 = splat(0);
  let l1 = splat(0);
  let h1 = splat(0);
  let l2 = splat(0);
  let h2 = splat(0);
  let l3 = splat(0);
  let h3 = splat(0);
  let l4 = splat(0);
  let h4 = splat(0);
  let l5 = splat(0);
  let h5 = splat(0);
  let b0: v128;
  let b1: v128;
  let x: v128;
  for (; k > 0; k--) {
    b0 = v128.load(b);
    b1 = v128.load(b, 16);
    x = v128.load32_splat(a);
    l0 = madd(x, b0, l0);
    h0 = madd(x, b1, h0);
    x = v128.load32_splat(a, 4);
    l1 = madd(x, b0, l1);
    h1 = madd(x, b1, h1);
    x = v128.load32_splat(a, 8);
    l2 = madd(x, b0, l2);
    h2 = madd(x, b1, h2);
    x = v128.load32_splat(a, 12);
    l3 = madd(x, b0, l3);
    h3 = madd(x, b1, h3);
    x = v128.load32_splat(a, 16);
    l4 = madd(x, b0, l4);
    h4 = madd(x, b1, h4);
    x = v128.load32_splat(a, 20);
    l5 = madd(x, b0, l5);
    h5 = madd(x, b1, h5);
    b += bs;
    a += as;
  }
  const s = splat(scale);
  if (d) {
    l0 = madd(l0, s, v128.load(d));
    h0 = madd(h0, s, v128.load(d, 16));
    d += ds;
    l1 = madd(l1, s, v128.load(d));
    h1 = madd(h1, s, v128.load(d, 16));
    d += ds;
    l2 = madd(l2, s, v128.load(d));
    h2 = madd(h2, s, v128.load(d, 16));
    d += ds;
    l3 = madd(l3, s, v128.load(d));
    h3 = madd(h3, s, v128.load(d, 16));
    d += ds;
    l4 = madd(l4, s, v128.load(d));
    h4 = madd(h4, s, v128.load(d, 16));
    d += ds;
    l5 = madd(l5, s, v128.load(d));
    h5 = madd(h5, s, v128.load(d, 16));
  } else {
    l0 = f32x4.mul(l0, s);
    h0 = f32x4.mul(h0, s);
    l1 = f32x4.mul(l1, s);
    h1 = f32x4.mul(h1, s);
    l2 = f32x4.mul(l2, s);
    h2 = f32x4.mul(h2, s);
    l3 = f32x4.mul(l3, s);
    h3 = f32x4.mul(h3, s);
    l4 = f32x4.mul(l4, s);
    h4 = f32x4.mul(h4, s);
    l5 = f32x4.mul(l5, s);
    h5 = f32x4.mul(h5, s);
  }
  v128.store(c, l0);
  v128.store(c, h0, 16);
  c += cs;
  v128.store(c, l1);
  v128.store(c, h1, 16);
  c += cs;
  v128.store(c, l2);
  v128.store(c, h2, 16);
  c += cs;
  v128.store(c, l3);
  v128.store(c, h3, 16);
  c += cs;
  v128.store(c, l4);
  v128.store(c, h4, 16);
  c += cs;
  v128.store(c, l5);
  v128.store(c, h5, 16);
}

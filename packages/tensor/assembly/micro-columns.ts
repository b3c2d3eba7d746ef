import { madd } from "./simd";
import { addend, addendStep, target, targetStep } from "./tile-output";

/** Register tiles as in micro-rows.ts, for an A whose rows are contiguous at each k, `as` from k to k. */

export function columns1(k: i32, a: usize, as: usize, b: usize, bs: usize): void {
  let d = addend;
  const ds = addendStep;
  let l0 = v128.load(d);
  let h0 = v128.load(d, 16);
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
  let c = target;
  const cs = targetStep;
  v128.store(c, l0);
  v128.store(c, h0, 16);
}

export function columns2(k: i32, a: usize, as: usize, b: usize, bs: usize): void {
  let d = addend;
  const ds = addendStep;
  let l0 = v128.load(d);
  let h0 = v128.load(d, 16);
  d += ds;
  let l1 = v128.load(d);
  let h1 = v128.load(d, 16);
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
  let c = target;
  const cs = targetStep;
  v128.store(c, l0);
  v128.store(c, h0, 16);
  c += cs;
  v128.store(c, l1);
  v128.store(c, h1, 16);
}

export function columns3(k: i32, a: usize, as: usize, b: usize, bs: usize): void {
  let d = addend;
  const ds = addendStep;
  let l0 = v128.load(d);
  let h0 = v128.load(d, 16);
  d += ds;
  let l1 = v128.load(d);
  let h1 = v128.load(d, 16);
  d += ds;
  let l2 = v128.load(d);
  let h2 = v128.load(d, 16);
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
  let c = target;
  const cs = targetStep;
  v128.store(c, l0);
  v128.store(c, h0, 16);
  c += cs;
  v128.store(c, l1);
  v128.store(c, h1, 16);
  c += cs;
  v128.store(c, l2);
  v128.store(c, h2, 16);
}

export function columns4(k: i32, a: usize, as: usize, b: usize, bs: usize): void {
  let d = addend;
  const ds = addendStep;
  let l0 = v128.load(d);
  let h0 = v128.load(d, 16);
  d += ds;
  let l1 = v128.load(d);
  let h1 = v128.load(d, 16);
  d += ds;
  let l2 = v128.load(d);
  let h2 = v128.load(d, 16);
  d += ds;
  let l3 = v128.load(d);
  let h3 = v128.load(d, 16);
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
  let c = target;
  const cs = targetStep;
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

export function columns5(k: i32, a: usize, as: usize, b: usize, bs: usize): void {
  let d = addend;
  const ds = addendStep;
  let l0 = v128.load(d);
  let h0 = v128.load(d, 16);
  d += ds;
  let l1 = v128.load(d);
  let h1 = v128.load(d, 16);
  d += ds;
  let l2 = v128.load(d);
  let h2 = v128.load(d, 16);
  d += ds;
  let l3 = v128.load(d);
  let h3 = v128.load(d, 16);
  d += ds;
  let l4 = v128.load(d);
  let h4 = v128.load(d, 16);
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
  let c = target;
  const cs = targetStep;
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

export function columns6(k: i32, a: usize, as: usize, b: usize, bs: usize): void {
  let d = addend;
  const ds = addendStep;
  let l0 = v128.load(d);
  let h0 = v128.load(d, 16);
  d += ds;
  let l1 = v128.load(d);
  let h1 = v128.load(d, 16);
  d += ds;
  let l2 = v128.load(d);
  let h2 = v128.load(d, 16);
  d += ds;
  let l3 = v128.load(d);
  let h3 = v128.load(d, 16);
  d += ds;
  let l4 = v128.load(d);
  let h4 = v128.load(d, 16);
  d += ds;
  let l5 = v128.load(d);
  let h5 = v128.load(d, 16);
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
  let c = target;
  const cs = targetStep;
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

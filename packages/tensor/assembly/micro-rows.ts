import { madd } from "./simd";
import { addend, addendStep, target, targetStep } from "./tile-output";

/**
 * Register tiles of a matrix product: C[r][0..8) = D[r][0..8) + sum over k of A[r][k] B[k][0..8) for 1 to 6 rows. Where C
 * goes and D comes from is set beforehand (tile-output.ts). All strides count bytes.
 *
 * Six rows by eight columns is what fits: twelve accumulators, two vectors of B and one broadcast of A are fifteen of the
 * sixteen x86 registers, and the sixteenth belongs to the engine. The form matters as much: V8 keeps each product beside
 * its loads only while accumulators are loaded before the loop and stored after it, with no arithmetic in between, and
 * while the loop is not unrolled. Anything else spills, at half the speed.
 *
 * `rows*`: A by rows (`as` apart), k contiguous.
 */

export function rows1(k: i32, a: usize, as: usize, b: usize, bs: usize): void {
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
    a += 4;
  }
  let c = target;
  const cs = targetStep;
  v128.store(c, l0);
  v128.store(c, h0, 16);
}

export function rows2(k: i32, a: usize, as: usize, b: usize, bs: usize): void {
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
  let a1 = a + as;
  for (; k > 0; k--) {
    b0 = v128.load(b);
    b1 = v128.load(b, 16);
    x = v128.load32_splat(a);
    l0 = madd(x, b0, l0);
    h0 = madd(x, b1, h0);
    x = v128.load32_splat(a1);
    l1 = madd(x, b0, l1);
    h1 = madd(x, b1, h1);
    b += bs;
    a += 4;
    a1 += 4;
  }
  let c = target;
  const cs = targetStep;
  v128.store(c, l0);
  v128.store(c, h0, 16);
  c += cs;
  v128.store(c, l1);
  v128.store(c, h1, 16);
}

export function rows3(k: i32, a: usize, as: usize, b: usize, bs: usize): void {
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
  let a1 = a + as;
  let a2 = a1 + as;
  for (; k > 0; k--) {
    b0 = v128.load(b);
    b1 = v128.load(b, 16);
    x = v128.load32_splat(a);
    l0 = madd(x, b0, l0);
    h0 = madd(x, b1, h0);
    x = v128.load32_splat(a1);
    l1 = madd(x, b0, l1);
    h1 = madd(x, b1, h1);
    x = v128.load32_splat(a2);
    l2 = madd(x, b0, l2);
    h2 = madd(x, b1, h2);
    b += bs;
    a += 4;
    a1 += 4;
    a2 += 4;
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

export function rows4(k: i32, a: usize, as: usize, b: usize, bs: usize): void {
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
  let a1 = a + as;
  let a2 = a1 + as;
  let a3 = a2 + as;
  for (; k > 0; k--) {
    b0 = v128.load(b);
    b1 = v128.load(b, 16);
    x = v128.load32_splat(a);
    l0 = madd(x, b0, l0);
    h0 = madd(x, b1, h0);
    x = v128.load32_splat(a1);
    l1 = madd(x, b0, l1);
    h1 = madd(x, b1, h1);
    x = v128.load32_splat(a2);
    l2 = madd(x, b0, l2);
    h2 = madd(x, b1, h2);
    x = v128.load32_splat(a3);
    l3 = madd(x, b0, l3);
    h3 = madd(x, b1, h3);
    b += bs;
    a += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
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

export function rows5(k: i32, a: usize, as: usize, b: usize, bs: usize): void {
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
  let a1 = a + as;
  let a2 = a1 + as;
  let a3 = a2 + as;
  let a4 = a3 + as;
  for (; k > 0; k--) {
    b0 = v128.load(b);
    b1 = v128.load(b, 16);
    x = v128.load32_splat(a);
    l0 = madd(x, b0, l0);
    h0 = madd(x, b1, h0);
    x = v128.load32_splat(a1);
    l1 = madd(x, b0, l1);
    h1 = madd(x, b1, h1);
    x = v128.load32_splat(a2);
    l2 = madd(x, b0, l2);
    h2 = madd(x, b1, h2);
    x = v128.load32_splat(a3);
    l3 = madd(x, b0, l3);
    h3 = madd(x, b1, h3);
    x = v128.load32_splat(a4);
    l4 = madd(x, b0, l4);
    h4 = madd(x, b1, h4);
    b += bs;
    a += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    a4 += 4;
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

export function rows6(k: i32, a: usize, as: usize, b: usize, bs: usize): void {
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
  let a1 = a + as;
  let a2 = a1 + as;
  let a3 = a2 + as;
  let a4 = a3 + as;
  let a5 = a4 + as;
  for (; k > 0; k--) {
    b0 = v128.load(b);
    b1 = v128.load(b, 16);
    x = v128.load32_splat(a);
    l0 = madd(x, b0, l0);
    h0 = madd(x, b1, h0);
    x = v128.load32_splat(a1);
    l1 = madd(x, b0, l1);
    h1 = madd(x, b1, h1);
    x = v128.load32_splat(a2);
    l2 = madd(x, b0, l2);
    h2 = madd(x, b1, h2);
    x = v128.load32_splat(a3);
    l3 = madd(x, b0, l3);
    h3 = madd(x, b1, h3);
    x = v128.load32_splat(a4);
    l4 = madd(x, b0, l4);
    h4 = madd(x, b1, h4);
    x = v128.load32_splat(a5);
    l5 = madd(x, b0, l5);
    h5 = madd(x, b1, h5);
    b += bs;
    a += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    a4 += 4;
    a5 += 4;
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

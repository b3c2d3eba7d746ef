/**
 * Transcendental functions of four f32 at a time. Polynomials after Moshier's Cephes (single precision) unless a
 * source is named; every argument is handled, including infinities, NaN and subnormals.
 *
 * `pmin(x, c)` and `pmax(x, c)` return their first argument when it is NaN, which is how NaN passes the clamps.
 */
import { at, one, SIGN, step } from "./constants";
import { artanhSeries } from "./power";
import { madd, splat } from "./simd";

const EXP = memory.data<f32>([
  89, -104.5, 1.44269504088896341, 12582912, -0.693359375, 2.12194440e-4,
  1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
]);
const EXP_BITS = memory.data<u32>([0x4b400000, 127]);

/** exp(x) / 2^n in [0.7, 1.5), n the integer that `shifted` is with 1.5 2^23 added. */
@inline
function mantissa(x: v128, shifted: v128): v128 {
  const n = f32x4.sub(shifted, at(EXP, 3));
  let r = madd(n, at(EXP, 4), x);
  r = madd(n, at(EXP, 5), r);
  let p = step(at(EXP, 6), r, EXP, 7);
  p = step(p, r, EXP, 8);
  p = step(p, r, EXP, 9);
  p = step(p, r, EXP, 10);
  p = step(p, r, EXP, 11);
  return f32x4.add(madd(p, f32x4.mul(r, r), r), one());
}

/** x log2(e) rounded to an integer n: adding 1.5 2^23 rounds, and leaves n in the low bits. */
@inline
function rounded(x: v128): v128 {
  return madd(x, at(EXP, 2), at(EXP, 3));
}

@inline
export function exp4(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, at(EXP, 0)), at(EXP, 1));
  const shifted = rounded(x);
  const p = mantissa(x, shifted);
  // 2^n in two factors, so that n = 128 and the subnormal range are reached without overflow of the exponent field.
  const i = i32x4.sub(shifted, at(EXP_BITS, 0));
  const half = i32x4.shr_s(i, 1);
  const rest = i32x4.sub(i, half);
  const bias = at(EXP_BITS, 1);
  return f32x4.mul(f32x4.mul(p, i32x4.shl(i32x4.add(half, bias), 23)), i32x4.shl(i32x4.add(rest, bias), 23));
}

/** Below it exp(x) is subnormal; and 1.5 2^23 in bits less the bias of an exponent. */
const EXP_NORMAL = memory.data<f32>([-87.33654475]);
const EXP_UNBIASED = memory.data<u32>([0x4b400000 - 127]);

/**
 * exp of what is at most about 0, as a softmax has it: to the bit `exp4`, but 0 where that is subnormal. Without that range one factor 2^n does, and nothing is
 * clamped: what comes of an x so far below is masked.
 */
@inline
export function expBelow4(x: v128): v128 {
  const shifted = rounded(x);
  const power = i32x4.shl(i32x4.sub(shifted, at(EXP_UNBIASED, 0)), 23);
  return v128.andnot(f32x4.mul(mantissa(x, shifted), power), f32x4.lt(x, at(EXP_NORMAL, 0)));
}

const LOG = memory.data<f32>([
  1.17549435e-38, 8388608, 23, 7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
  -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1, -2.12194440e-4, -0.5, 0.693359375, Infinity, -Infinity,
]);
const LOG_BITS = memory.data<u32>([0x3f3504f3]);

export function log4(x: v128): v128 {
  const tiny = f32x4.lt(x, at(LOG, 0));
  const scaled = v128.bitselect(f32x4.mul(x, at(LOG, 1)), x, tiny);
  // x = m 2^e with m in [sqrt(1/2), sqrt(2)).
  const exponent = i32x4.shr_s(i32x4.sub(scaled, at(LOG_BITS, 0)), 23);
  const m = i32x4.sub(scaled, i32x4.shl(exponent, 23));
  const e = f32x4.sub(f32x4.convert_i32x4_s(exponent), v128.and(tiny, at(LOG, 2)));
  const f = f32x4.sub(m, one());
  const z = f32x4.mul(f, f);
  let p = step(at(LOG, 3), f, LOG, 4);
  p = step(p, f, LOG, 5);
  p = step(p, f, LOG, 6);
  p = step(p, f, LOG, 7);
  p = step(p, f, LOG, 8);
  p = step(p, f, LOG, 9);
  p = step(p, f, LOG, 10);
  p = step(p, f, LOG, 11);
  p = f32x4.mul(f32x4.mul(p, f), z);
  p = madd(e, at(LOG, 12), p);
  p = madd(z, at(LOG, 13), p);
  let y = madd(e, at(LOG, 14), f32x4.add(f, p));
  const zero = splat(0);
  y = v128.bitselect(x, y, f32x4.eq(x, at(LOG, 15)));
  y = v128.bitselect(at(LOG, 16), y, f32x4.eq(x, zero));
  return v128.or(y, v128.or(f32x4.lt(x, zero), f32x4.ne(x, x)));
}

/** log(1 + z) for one z >= 0, to the last bits even where 1 + z rounds to 1: the series of 2 artanh(z / (2 + z)) below 1. */
export function log1p1(z: f64): f32 {
  if (!(z < 1)) return f32x4.extract_lane(log4(splat(<f32>(z + 1))), 0);
  const s = z / (2 + z);
  return <f32>(2 * s * artanhSeries(s * s, 1.0 / 15));
}

const TANH = memory.data<f32>([
  -5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1, 0.625, 2,
]);

export function tanh4(x: v128): v128 {
  const size = f32x4.abs(x);
  const z = f32x4.mul(x, x);
  let p = step(at(TANH, 0), z, TANH, 1);
  p = step(p, z, TANH, 2);
  p = step(p, z, TANH, 3);
  p = step(p, z, TANH, 4);
  const near = madd(f32x4.mul(p, z), size, size);
  const e = exp4(f32x4.add(size, size));
  const far = f32x4.sub(one(), f32x4.div(at(TANH, 6), f32x4.add(e, one())));
  return v128.or(v128.bitselect(far, near, f32x4.ge(size, at(TANH, 5))), v128.and(x, at(SIGN, 0)));
}

const ERF_FAR = memory.data<f32>([
  -1.72853470e-5, 3.83197126e-4, -3.88396438e-3, 2.42546219e-2, -1.06777877e-1, -6.34846687e-1, -1.28717512e-1,
]);
const ERF_NEAR = memory.data<f32>([
  -5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1, 1.28379166e-1, 0.927734375, 4,
]);

/** Error function after N. Juffa: a polynomial near 0, 1 - exp of a polynomial elsewhere. */
export function erf4(x: v128): v128 {
  const t = f32x4.pmin(f32x4.abs(x), at(ERF_NEAR, 7));
  const s = f32x4.mul(t, t);
  let r = madd(step(at(ERF_FAR, 0), t, ERF_FAR, 1), s, step(at(ERF_FAR, 2), t, ERF_FAR, 3));
  r = step(r, t, ERF_FAR, 4);
  r = step(r, t, ERF_FAR, 5);
  r = step(r, t, ERF_FAR, 6);
  r = madd(r, t, f32x4.neg(t));
  const far = v128.or(f32x4.sub(one(), exp4(r)), v128.and(x, at(SIGN, 0)));
  let p = step(at(ERF_NEAR, 0), s, ERF_NEAR, 1);
  p = step(p, s, ERF_NEAR, 2);
  p = step(p, s, ERF_NEAR, 3);
  p = step(p, s, ERF_NEAR, 4);
  p = step(p, s, ERF_NEAR, 5);
  const near = madd(p, x, x);
  return v128.bitselect(far, near, f32x4.gt(t, at(ERF_NEAR, 6)));
}

/** 1 / (1 + exp(-x)): exp overflows to infinity on the far left, and 1 / infinity is the right answer there. */
@inline
export function sigmoid4(x: v128): v128 {
  return f32x4.div(one(), f32x4.add(one(), exp4(f32x4.neg(x))));
}

/** sqrt(8/pi), 0.044715 times it, three times that, and where GELU has become flat. */
const GELU = memory.data<f32>([1.5957691216057308, 0.0713548162726009, 0.2140644488178027, 30, -30]);

/** x sigmoid(sqrt(8/pi) (x + 0.044715 x^3)), the tanh form of GELU rewritten so that nothing overflows or cancels. */
@inline
export function gelu4(x: v128): v128 {
  // From -30 on the result is -0; the clamp keeps -infinity from meeting a zero.
  const c = f32x4.pmax(x, at(GELU, 4));
  const inner = f32x4.mul(c, madd(f32x4.mul(c, c), at(GELU, 1), at(GELU, 0)));
  return f32x4.div(c, f32x4.add(one(), exp4(f32x4.neg(inner))));
}

/** Derivative of `gelu4`: s + x s (1 - s) d, s the sigmoid and d the derivative of its argument. */
@inline
export function geluGrad4(x: v128): v128 {
  const c = f32x4.pmin(f32x4.pmax(x, at(GELU, 4)), at(GELU, 3));
  const square = f32x4.mul(c, c);
  const inner = f32x4.mul(c, madd(square, at(GELU, 1), at(GELU, 0)));
  const slope = madd(square, at(GELU, 2), at(GELU, 0));
  // e = exp(-|inner|) serves both sides: the sigmoid is 1 / (1 + e) or e / (1 + e), and s (1 - s) = e / (1 + e)^2.
  const e = exp4(f32x4.neg(f32x4.abs(inner)));
  const inverse = f32x4.div(one(), f32x4.add(one(), e));
  const s = f32x4.mul(inverse, v128.bitselect(e, one(), f32x4.lt(inner, splat(0))));
  return madd(f32x4.mul(f32x4.mul(c, e), f32x4.mul(inverse, inverse)), slope, s);
}

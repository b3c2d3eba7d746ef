/**
 * Transcendental functions of four f32 at a time. Polynomials after Moshier's Cephes (single precision) unless a
 * source is named; every argument is handled, including infinities, NaN, subnormals and huge angles.
 *
 * `pmin(x, c)` and `pmax(x, c)` return their first argument when it is NaN, which is how NaN passes the clamps.
 */
import { madd, splat } from "./simd";

/**
 * Constants live in memory, one word each: V8 rebuilds a vector constant in three instructions at every use, while a
 * broadcast load is one.
 */
@inline
function at(table: usize, i: usize): v128 {
  return v128.load32_splat(table + (i << 2));
}

/** Horner step: p x + table[i]. */
@inline
function step(p: v128, x: v128, table: usize, i: usize): v128 {
  return madd(p, x, at(table, i));
}

const SIGN = memory.data<u32>([0x80000000]);
const ONE = memory.data<f32>([1]);

@inline
function one(): v128 {
  return at(ONE, 0);
}

const EXP = memory.data<f32>([
  89, -104.5, 1.44269504088896341, 12582912, -0.693359375, 2.12194440e-4,
  1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
]);
const EXP_BITS = memory.data<u32>([0x4b400000, 127]);

@inline
export function exp4(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, at(EXP, 0)), at(EXP, 1));
  // Adding 1.5 2^23 rounds to an integer n and leaves it in the low bits.
  const shifted = madd(x, at(EXP, 2), at(EXP, 3));
  const n = f32x4.sub(shifted, at(EXP, 3));
  let r = madd(n, at(EXP, 4), x);
  r = madd(n, at(EXP, 5), r);
  let p = step(at(EXP, 6), r, EXP, 7);
  p = step(p, r, EXP, 8);
  p = step(p, r, EXP, 9);
  p = step(p, r, EXP, 10);
  p = step(p, r, EXP, 11);
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), one());
  // 2^n in two factors, so that n = 128 and the subnormal range are reached without overflow of the exponent field.
  const i = i32x4.sub(shifted, at(EXP_BITS, 0));
  const half = i32x4.shr_s(i, 1);
  const rest = i32x4.sub(i, half);
  const bias = at(EXP_BITS, 1);
  return f32x4.mul(f32x4.mul(p, i32x4.shl(i32x4.add(half, bias), 23)), i32x4.shl(i32x4.add(rest, bias), 23));
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

/** 2/pi in 32-bit words from its binary point on (Payne and Hanek's reduction needs 24 + 127 + guard bits of it). */
@inline
function twoOverPi(word: i32): u64 {
  switch (word) {
    case 0:
      return 0xa2f9836e;
    case 1:
      return 0x4e441529;
    case 2:
      return 0xfc2757d1;
    case 3:
      return 0xf534ddc0;
    case 4:
      return 0xdb629599;
    case 5:
      return 0x3c439041;
    default:
      return 0xfe5163ab;
  }
}

/** x - k pi/2 for one |x| >= 2^20, k modulo 4 in the low bits of `quadrant`. The reduced angle lies in [-pi/4, pi/4]. */
let quadrant: i32 = 0;
function reduceHuge(x: f32): f64 {
  const bits = reinterpret<u32>(x);
  const exponent = <i32>((bits >> 23) & 255) - 150;
  const mantissa = <u64>((bits & 0x7fffff) | 0x800000);
  // |x| = mantissa 2^exponent. The bits of 2/pi above 2^(2 - exponent - 24) give whole turns: skip them.
  const skip = max<i32>(exponent - 8, 0);
  const word = skip >> 5;
  const shift = <u64>(skip & 31);
  const a = (twoOverPi(word) << 32) | twoOverPi(word + 1);
  const b = (twoOverPi(word + 2) << 32) | twoOverPi(word + 3);
  const high = shift == 0 ? a : (a << shift) | (b >> (64 - shift));
  const low = (b << shift) >> 32;
  // window = 2/pi 2^skip modulo 1, 96 bits of it: `high` and `low`. product = mantissa * window, as whole + fraction / 2^64.
  const lower = mantissa * (high & 0xffffffff) + ((mantissa * low) >> 32);
  const upper = mantissa * (high >> 32) + (lower >> 32);
  const product = (upper << 32) | (lower & 0xffffffff);
  const carry = upper >> 32;
  // |x| 2/pi = product 2^scale; scale is 8 where bits were skipped, so what was skipped is a multiple of whole turns.
  const scale = <i64>(exponent - skip);
  let whole: i32;
  let bitsOfFraction: u64;
  if (scale > 0) {
    whole = <i32>((carry << scale) | (product >> (64 - scale)));
    bitsOfFraction = product << scale;
  } else if (scale == 0) {
    whole = <i32>carry;
    bitsOfFraction = product;
  } else {
    whole = <i32>(carry >> -scale);
    bitsOfFraction = (product >> -scale) | (carry << (64 + scale));
  }
  const fraction = <f64>(bitsOfFraction >> 11) * 1.1102230246251565e-16;
  const up = fraction >= 0.5;
  quadrant = up ? whole + 1 : whole;
  let r = (up ? fraction - 1 : fraction) * 1.5707963267948966;
  if (bits >> 31) {
    quadrant = -quadrant;
    r = -r;
  }
  return r;
}

const TURN = memory.data<f64>([0.6366197723675814, -1.57079632673412561417, -6.07710050650619224932e-11]);
const SINE = memory.data<f32>([-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1]);
const COSINE = memory.data<f32>([2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2, -0.5]);

/** sin (shift 0) or cos (shift 1). The angle is reduced in f64, exactly enough for every f32. */
function sinCos(x: v128, shift: i32): v128 {
  const low = f64x2.promote_low_f32x4(x);
  const high = f64x2.promote_low_f32x4(i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  const perTurn = v128.load64_splat(TURN);
  const n0 = f64x2.nearest(f64x2.mul(low, perTurn));
  const n1 = f64x2.nearest(f64x2.mul(high, perTurn));
  // pi/2 in 33 + 53 bits: n times the first part is exact below 2^20 turns.
  const head = v128.load64_splat(TURN + 8);
  const tail = v128.load64_splat(TURN + 16);
  const r0 = f64x2.add(f64x2.add(low, f64x2.mul(n0, head)), f64x2.mul(n0, tail));
  const r1 = f64x2.add(f64x2.add(high, f64x2.mul(n1, head)), f64x2.mul(n1, tail));
  const a = f32x4.demote_f64x2_zero(r0);
  const b = f32x4.demote_f64x2_zero(r1);
  let r = i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
  const q0 = i32x4.trunc_sat_f64x2_s_zero(n0);
  const q1 = i32x4.trunc_sat_f64x2_s_zero(n1);
  let q = i8x16.shuffle(q0, q1, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
  const size = f32x4.abs(x);
  if (v128.any_true(f32x4.ge(size, splat(1048576)))) {
    for (let lane = 0; lane < 4; lane++) {
      const one = f32x4.extract_lane(x, 0);
      if (abs<f32>(one) >= 1048576 && abs<f32>(one) < Infinity) {
        r = f32x4.replace_lane(r, 0, <f32>reduceHuge(one));
        q = i32x4.replace_lane(q, 0, quadrant);
      }
      // Rotate lanes so that each passes position 0 and all end where they began.
      x = i8x16.shuffle(x, x, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3);
      r = i8x16.shuffle(r, r, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3);
      q = i8x16.shuffle(q, q, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3);
    }
  }
  q = i32x4.add(q, i32x4.splat(shift));
  const z = f32x4.mul(r, r);
  let s = step(at(SINE, 0), z, SINE, 1);
  s = step(s, z, SINE, 2);
  s = madd(f32x4.mul(s, z), r, r);
  let c = step(at(COSINE, 0), z, COSINE, 1);
  c = step(c, z, COSINE, 2);
  c = madd(f32x4.mul(c, z), z, madd(z, at(COSINE, 3), one()));
  const odd = i32x4.eq(v128.and(q, i32x4.splat(1)), i32x4.splat(1));
  const sign = i32x4.shl(v128.and(q, i32x4.splat(2)), 30);
  const y = v128.xor(v128.bitselect(c, s, odd), sign);
  return v128.or(y, v128.or(f32x4.eq(size, splat(Infinity)), f32x4.ne(size, size)));
}

export function sin4(x: v128): v128 {
  return v128.bitselect(x, sinCos(x, 0), f32x4.eq(x, splat(0)));
}

export function cos4(x: v128): v128 {
  return sinCos(x, 1);
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

/** log2 |x| in f64 for one finite nonzero f32, from the series of artanh. */
@inline
function log2Of(x: f64): f64 {
  const bits = reinterpret<u64>(x) - 0x3fe6a09e00000000;
  const e = <i64>bits >> 52;
  const m = reinterpret<f64>((bits & 0x000fffffffffffff) + 0x3fe6a09e00000000);
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let p: f64 = 1.0 / 17;
  p = p * z + 1.0 / 15;
  p = p * z + 1.0 / 13;
  p = p * z + 1.0 / 11;
  p = p * z + 1.0 / 9;
  p = p * z + 1.0 / 7;
  p = p * z + 1.0 / 5;
  p = p * z + 1.0 / 3;
  p = p * z + 1.0;
  return <f64>e + p * s * 2.8853900817779268;
}

/** 2^y in f64 for |y| < 1000: Taylor series on half an octave. */
@inline
function exp2Of(y: f64): f64 {
  const n = nearest<f64>(y);
  const r = (y - n) * 0.6931471805599453;
  let p: f64 = 1.0 / 39916800;
  p = p * r + 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  return p * reinterpret<f64>((<i64>n + 1023) << 52);
}

/** x^y with the special cases of C99 (so 1^NaN and NaN^0 are 1). Computed in f64, hence correctly rounded nearly always. */
export function pow1(x: f32, y: f32): f32 {
  if (y == 0 || x == 1) return 1;
  if (x != x || y != y) return NaN;
  const size = abs<f32>(x);
  const whole = nearest<f32>(y) == y;
  const odd = whole && abs<f32>(y) < 16777216 && (<i32>y & 1) != 0;
  if (abs<f32>(y) == Infinity) {
    if (size == 1) return 1;
    return size > 1 == y > 0 ? Infinity : 0;
  }
  let result: f32;
  if (size == 0 || size == Infinity) result = (size == 0) == y < 0 ? Infinity : 0;
  else {
    if (x < 0 && !whole) return NaN;
    result = <f32>exp2Of(min<f64>(max<f64>(<f64>y * log2Of(<f64>size), -400), 400));
  }
  return odd && reinterpret<u32>(x) >> 31 ? -result : result;
}

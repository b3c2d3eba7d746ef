/**
 * Transcendental functions of four f32 at a time. Polynomials after Moshier's Cephes (single precision) unless a
 * source is named; every argument is handled, including infinities, NaN, subnormals and huge angles.
 *
 * `pmin(x, c)` and `pmax(x, c)` return their first argument when it is NaN, which is how NaN passes the clamps.
 */
import { madd, splat } from "./simd";

/** 2^n for integer lanes -126..127. */
@inline
function power2(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

export function exp4(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, splat(89)), splat(-104.5));
  const n = f32x4.nearest(f32x4.mul(x, splat(1.44269504088896341)));
  let r = madd(n, splat(-0.693359375), x);
  r = madd(n, splat(2.12194440e-4), r);
  let p = madd(splat(1.9875691500e-4), r, splat(1.3981999507e-3));
  p = madd(p, r, splat(8.3334519073e-3));
  p = madd(p, r, splat(4.1665795894e-2));
  p = madd(p, r, splat(1.6666665459e-1));
  p = madd(p, r, splat(5.0000001201e-1));
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), splat(1));
  // 2^n in two factors, so that n = 128 and the subnormal range are reached without overflow of the exponent field.
  const i = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(i, 1);
  return f32x4.mul(f32x4.mul(p, power2(half)), power2(i32x4.sub(i, half)));
}

export function log4(x: v128): v128 {
  const zero = splat(0);
  const tiny = f32x4.lt(x, splat(1.17549435e-38));
  const scaled = v128.bitselect(f32x4.mul(x, splat(8388608)), x, tiny);
  // x = m 2^e with m in [sqrt(1/2), sqrt(2)).
  const shifted = i32x4.sub(scaled, i32x4.splat(0x3f3504f3));
  const exponent = i32x4.shr_s(shifted, 23);
  const m = i32x4.sub(scaled, i32x4.shl(exponent, 23));
  const e = f32x4.sub(f32x4.convert_i32x4_s(exponent), v128.and(tiny, splat(23)));
  const f = f32x4.sub(m, splat(1));
  const z = f32x4.mul(f, f);
  let p = madd(splat(7.0376836292e-2), f, splat(-1.1514610310e-1));
  p = madd(p, f, splat(1.1676998740e-1));
  p = madd(p, f, splat(-1.2420140846e-1));
  p = madd(p, f, splat(1.4249322787e-1));
  p = madd(p, f, splat(-1.6668057665e-1));
  p = madd(p, f, splat(2.0000714765e-1));
  p = madd(p, f, splat(-2.4999993993e-1));
  p = madd(p, f, splat(3.3333331174e-1));
  p = f32x4.mul(f32x4.mul(p, f), z);
  p = madd(e, splat(-2.12194440e-4), p);
  p = madd(z, splat(-0.5), p);
  let y = f32x4.add(f, p);
  y = madd(e, splat(0.693359375), y);
  y = v128.bitselect(x, y, f32x4.eq(x, splat(Infinity)));
  y = v128.bitselect(splat(-Infinity), y, f32x4.eq(x, zero));
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

/** sin (shift 0) or cos (shift 1). The angle is reduced in f64, exactly enough for every f32. */
function sinCos(x: v128, shift: i32): v128 {
  const low = f64x2.promote_low_f32x4(x);
  const high = f64x2.promote_low_f32x4(i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  const perTurn = f64x2.splat(0.6366197723675814);
  const n0 = f64x2.nearest(f64x2.mul(low, perTurn));
  const n1 = f64x2.nearest(f64x2.mul(high, perTurn));
  // pi/2 in 33 + 53 bits: n times the first part is exact below 2^20 turns.
  const head = f64x2.splat(-1.57079632673412561417);
  const tail = f64x2.splat(-6.07710050650619224932e-11);
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
  let s = madd(splat(-1.9515295891e-4), z, splat(8.3321608736e-3));
  s = madd(s, z, splat(-1.6666654611e-1));
  s = madd(f32x4.mul(s, z), r, r);
  let c = madd(splat(2.443315711809948e-5), z, splat(-1.388731625493765e-3));
  c = madd(c, z, splat(4.166664568298827e-2));
  c = madd(f32x4.mul(c, z), z, madd(z, splat(-0.5), splat(1)));
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

export function tanh4(x: v128): v128 {
  const sign = v128.and(x, i32x4.splat(0x80000000));
  const size = f32x4.abs(x);
  const z = f32x4.mul(x, x);
  let p = madd(splat(-5.70498872745e-3), z, splat(2.06390887954e-2));
  p = madd(p, z, splat(-5.37397155531e-2));
  p = madd(p, z, splat(1.33314422036e-1));
  p = madd(p, z, splat(-3.33332819422e-1));
  const near = madd(f32x4.mul(p, z), size, size);
  const e = exp4(f32x4.add(size, size));
  const far = f32x4.sub(splat(1), f32x4.div(splat(2), f32x4.add(e, splat(1))));
  return v128.or(v128.bitselect(far, near, f32x4.ge(size, splat(0.625))), sign);
}

/** Error function after N. Juffa: a polynomial near 0, 1 - exp of a polynomial elsewhere. */
export function erf4(x: v128): v128 {
  const t = f32x4.pmin(f32x4.abs(x), splat(4));
  const s = f32x4.mul(t, t);
  let r = madd(splat(-1.72853470e-5), t, splat(3.83197126e-4));
  const u = madd(splat(-3.88396438e-3), t, splat(2.42546219e-2));
  r = madd(r, s, u);
  r = madd(r, t, splat(-1.06777877e-1));
  r = madd(r, t, splat(-6.34846687e-1));
  r = madd(r, t, splat(-1.28717512e-1));
  r = madd(r, t, f32x4.neg(t));
  const far = v128.or(f32x4.sub(splat(1), exp4(r)), v128.and(x, i32x4.splat(0x80000000)));
  let p = madd(splat(-5.96761703e-4), s, splat(4.99119423e-3));
  p = madd(p, s, splat(-2.67681349e-2));
  p = madd(p, s, splat(1.12819925e-1));
  p = madd(p, s, splat(-3.76125336e-1));
  p = madd(p, s, splat(1.28379166e-1));
  const near = madd(p, x, x);
  return v128.bitselect(far, near, f32x4.gt(t, splat(0.927734375)));
}

/** 1 / (1 + exp(-x)): exp overflows to infinity on the far left, and 1 / infinity is the right answer there. */
@inline
export function sigmoid4(x: v128): v128 {
  return f32x4.div(splat(1), f32x4.add(splat(1), exp4(f32x4.neg(x))));
}

/** x sigmoid(2 sqrt(2/pi) (x + 0.044715 x^3)), the tanh form of GELU rewritten so that nothing overflows or cancels. */
export function gelu4(x: v128): v128 {
  // From -30 on the result is -0; the clamp keeps -infinity from meeting a zero.
  const c = f32x4.pmax(x, splat(-30));
  const inner = f32x4.mul(c, madd(f32x4.mul(c, c), splat(0.0713548162726009), splat(1.5957691216057308)));
  return f32x4.div(c, f32x4.add(splat(1), exp4(f32x4.neg(inner))));
}

/** Derivative of `gelu4`: s + x s (1 - s) d, s the sigmoid and d the derivative of its argument. */
export function geluGrad4(x: v128): v128 {
  const c = f32x4.pmin(f32x4.pmax(x, splat(-30)), splat(30));
  const square = f32x4.mul(c, c);
  const inner = f32x4.mul(c, madd(square, splat(0.0713548162726009), splat(1.5957691216057308)));
  const slope = madd(square, splat(0.2140644488178027), splat(1.5957691216057308));
  const s = sigmoid4(inner);
  const rest = f32x4.div(splat(1), f32x4.add(splat(1), exp4(inner)));
  return madd(f32x4.mul(f32x4.mul(c, s), rest), slope, s);
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

/** sin and cos of four f32 at a time, exact to the last bits for every argument: the angle is reduced in f64. */
import { at, one, step } from "./constants";
import { madd, splat, swapHalves } from "./simd";

/** 2/pi in 32-bit words from its binary point on (Payne and Hanek's reduction needs 24 + 127 + guard bits of it). */
const TWO_OVER_PI = memory.data<u32>([
  0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab,
]);

/** x - k pi/2 for one |x| >= 2^20, k modulo 4 in the low bits of `quadrant`. The reduced angle lies in [-pi/4, pi/4]. */
let quadrant: i32 = 0;
function reduceHuge(x: f32): f64 {
  const bits = reinterpret<u32>(x);
  const exponent = <i32>((bits >> 23) & 255) - 150;
  const mantissa = <u64>((bits & 0x7fffff) | 0x800000);
  // |x| = mantissa 2^exponent. The bits of 2/pi above 2^(2 - exponent - 24) give whole turns: skip them.
  const skip = max<i32>(exponent - 8, 0);
  const words = TWO_OVER_PI + ((skip >> 5) << 2);
  const shift = <u64>(skip & 31);
  const a = (<u64>load<u32>(words) << 32) | load<u32>(words, 4);
  const b = (<u64>load<u32>(words, 8) << 32) | load<u32>(words, 12);
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
  const high = f64x2.promote_low_f32x4(swapHalves(x));
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

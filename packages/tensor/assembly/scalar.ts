/** Instructions of pointwise programs: each is one loop over groups of sixteen elements. */
import { Scalar } from "../src/backends/wasm/opcodes";
import { erf4, exp4, gelu4, geluGrad4, log4, sigmoid4, tanh4 } from "./math";
import { pow1 } from "./power";
import { splat } from "./simd";
import { cos4, sin4 } from "./trigonometry";

@inline
function bit(mask: v128): v128 {
  return i32x4.shr_u(mask, 31);
}

@inline
function sign4(x: v128): v128 {
  const one = v128.or(splat(1), v128.and(x, i32x4.splat(0x80000000)));
  return v128.bitselect(one, x, v128.or(f32x4.lt(x, splat(0)), f32x4.gt(x, splat(0))));
}

/** `op` is a constant wherever this is inlined, so only one branch survives. */
@inline
function unary4(op: Scalar, x: v128): v128 {
  if (op == Scalar.Copy) return x;
  if (op == Scalar.Neg) return f32x4.neg(x);
  if (op == Scalar.Abs) return f32x4.abs(x);
  if (op == Scalar.Sign) return sign4(x);
  if (op == Scalar.Floor) return f32x4.floor(x);
  if (op == Scalar.Ceil) return f32x4.ceil(x);
  if (op == Scalar.Round) return f32x4.nearest(x);
  if (op == Scalar.Sqrt) return f32x4.sqrt(x);
  if (op == Scalar.Rsqrt) return f32x4.div(splat(1), f32x4.sqrt(x));
  if (op == Scalar.Reciprocal) return f32x4.div(splat(1), x);
  if (op == Scalar.Exp) return exp4(x);
  if (op == Scalar.Log) return log4(x);
  if (op == Scalar.Sin) return sin4(x);
  if (op == Scalar.Cos) return cos4(x);
  if (op == Scalar.Tanh) return tanh4(x);
  if (op == Scalar.Erf) return erf4(x);
  if (op == Scalar.Sigmoid) return sigmoid4(x);
  if (op == Scalar.Gelu) return gelu4(x);
  if (op == Scalar.GeluGrad) return geluGrad4(x);
  if (op == Scalar.Not) return v128.xor(x, i32x4.splat(1));
  if (op == Scalar.FloatToInt) return i32x4.trunc_sat_f32x4_s(x);
  if (op == Scalar.FloatToUint) return i32x4.trunc_sat_f32x4_u(x);
  if (op == Scalar.IntToFloat) return f32x4.convert_i32x4_s(x);
  if (op == Scalar.UintToFloat) return f32x4.convert_i32x4_u(x);
  if (op == Scalar.FloatToBool) return bit(f32x4.ne(x, splat(0)));
  return bit(i32x4.ne(x, i32x4.splat(0)));
}

@inline
function binary4(op: Scalar, a: v128, b: v128): v128 {
  if (op == Scalar.AddF) return f32x4.add(a, b);
  if (op == Scalar.SubF) return f32x4.sub(a, b);
  if (op == Scalar.MulF) return f32x4.mul(a, b);
  if (op == Scalar.DivF) return f32x4.div(a, b);
  if (op == Scalar.MaxF) return f32x4.max(a, b);
  if (op == Scalar.MinF) return f32x4.min(a, b);
  if (op == Scalar.LtF) return bit(f32x4.lt(a, b));
  if (op == Scalar.LeF) return bit(f32x4.le(a, b));
  if (op == Scalar.EqF) return bit(f32x4.eq(a, b));
  if (op == Scalar.AddI) return i32x4.add(a, b);
  if (op == Scalar.SubI) return i32x4.sub(a, b);
  if (op == Scalar.MulI) return i32x4.mul(a, b);
  if (op == Scalar.MaxI) return i32x4.max_s(a, b);
  if (op == Scalar.MinI) return i32x4.min_s(a, b);
  if (op == Scalar.LtI) return bit(i32x4.lt_s(a, b));
  if (op == Scalar.LeI) return bit(i32x4.le_s(a, b));
  if (op == Scalar.EqI) return bit(i32x4.eq(a, b));
  if (op == Scalar.MaxU) return i32x4.max_u(a, b);
  if (op == Scalar.MinU) return i32x4.min_u(a, b);
  if (op == Scalar.LtU) return bit(i32x4.lt_u(a, b));
  if (op == Scalar.LeU) return bit(i32x4.le_u(a, b));
  if (op == Scalar.And) return v128.and(a, b);
  if (op == Scalar.Or) return v128.or(a, b);
  return v128.xor(a, b);
}

@inline
function unary(op: Scalar, d: usize, a: usize, groups: i32, step: usize): void {
  for (; groups > 0; groups--) {
    v128.store(d, unary4(op, v128.load(a)));
    v128.store(d, unary4(op, v128.load(a, 16)), 16);
    v128.store(d, unary4(op, v128.load(a, 32)), 32);
    v128.store(d, unary4(op, v128.load(a, 48)), 48);
    d += 64;
    a += step;
  }
}

/** For functions too long to be worth four copies. */
@inline
function unaryLong(op: Scalar, d: usize, a: usize, groups: i32, step: usize): void {
  for (let quads = groups << 2; quads > 0; quads--) {
    v128.store(d, unary4(op, v128.load(a)));
    d += 16;
    a += step >> 2;
  }
}

@inline
function binary(op: Scalar, d: usize, a: usize, sa: usize, b: usize, sb: usize, groups: i32): void {
  for (; groups > 0; groups--) {
    v128.store(d, binary4(op, v128.load(a), v128.load(b)));
    v128.store(d, binary4(op, v128.load(a, 16), v128.load(b, 16)), 16);
    v128.store(d, binary4(op, v128.load(a, 32), v128.load(b, 32)), 32);
    v128.store(d, binary4(op, v128.load(a, 48), v128.load(b, 48)), 48);
    d += 64;
    a += sa;
    b += sb;
  }
}

/** Element by element, for operations without a vector form. */
@inline
function scalar2(op: Scalar, d: usize, a: usize, sa: usize, b: usize, sb: usize, groups: i32): void {
  for (; groups > 0; groups--) {
    for (let i: usize = 0; i < 64; i += 4) {
      if (op == Scalar.PowF) store<f32>(d + i, pow1(load<f32>(a + i), load<f32>(b + i)));
      else {
        const x = load<u32>(a + i);
        const y = load<u32>(b + i);
        if (op == Scalar.Shl) store<u32>(d + i, x << (y & 31));
        else if (op == Scalar.Shr) store<u32>(d + i, x >> (y & 31));
        else if (op == Scalar.Rem) store<u32>(d + i, y ? x % y : 0);
        else store<u32>(d + i, y ? x / y : 0);
      }
    }
    d += 64;
    a += sa;
    b += sb;
  }
}

@inline
function shift(left: bool, d: usize, a: usize, sa: usize, by: i32, groups: i32): void {
  for (; groups > 0; groups--) {
    for (let i: usize = 0; i < 64; i += 16) {
      const x = v128.load(a + i);
      v128.store(d + i, left ? i32x4.shl(x, by) : i32x4.shr_u(x, by));
    }
    d += 64;
    a += sa;
  }
}

export function runUnary(op: u32, d: usize, a: usize, s: usize, groups: i32): void {
  switch (op) {
    case Scalar.Copy: unary(Scalar.Copy, d, a, groups, s); break;
    case Scalar.Neg: unary(Scalar.Neg, d, a, groups, s); break;
    case Scalar.Abs: unary(Scalar.Abs, d, a, groups, s); break;
    case Scalar.Sign: unary(Scalar.Sign, d, a, groups, s); break;
    case Scalar.Floor: unary(Scalar.Floor, d, a, groups, s); break;
    case Scalar.Ceil: unary(Scalar.Ceil, d, a, groups, s); break;
    case Scalar.Round: unary(Scalar.Round, d, a, groups, s); break;
    case Scalar.Sqrt: unary(Scalar.Sqrt, d, a, groups, s); break;
    case Scalar.Rsqrt: unary(Scalar.Rsqrt, d, a, groups, s); break;
    case Scalar.Reciprocal: unary(Scalar.Reciprocal, d, a, groups, s); break;
    case Scalar.Not: unary(Scalar.Not, d, a, groups, s); break;
    case Scalar.FloatToInt: unary(Scalar.FloatToInt, d, a, groups, s); break;
    case Scalar.FloatToUint: unary(Scalar.FloatToUint, d, a, groups, s); break;
    case Scalar.IntToFloat: unary(Scalar.IntToFloat, d, a, groups, s); break;
    case Scalar.UintToFloat: unary(Scalar.UintToFloat, d, a, groups, s); break;
    case Scalar.FloatToBool: unary(Scalar.FloatToBool, d, a, groups, s); break;
    case Scalar.IntToBool: unary(Scalar.IntToBool, d, a, groups, s); break;
    case Scalar.Exp: unaryLong(Scalar.Exp, d, a, groups, s); break;
    case Scalar.Log: unaryLong(Scalar.Log, d, a, groups, s); break;
    case Scalar.Sin: unaryLong(Scalar.Sin, d, a, groups, s); break;
    case Scalar.Cos: unaryLong(Scalar.Cos, d, a, groups, s); break;
    case Scalar.Tanh: unaryLong(Scalar.Tanh, d, a, groups, s); break;
    case Scalar.Erf: unaryLong(Scalar.Erf, d, a, groups, s); break;
    case Scalar.Sigmoid: unaryLong(Scalar.Sigmoid, d, a, groups, s); break;
    case Scalar.Gelu: unaryLong(Scalar.Gelu, d, a, groups, s); break;
    case Scalar.GeluGrad: unaryLong(Scalar.GeluGrad, d, a, groups, s); break;
    default: unreachable();
  }
}

export function runBinary(op: u32, d: usize, a: usize, sa: usize, b: usize, sb: usize, groups: i32): void {
  switch (op) {
    case Scalar.AddF: binary(Scalar.AddF, d, a, sa, b, sb, groups); break;
    case Scalar.SubF: binary(Scalar.SubF, d, a, sa, b, sb, groups); break;
    case Scalar.MulF: binary(Scalar.MulF, d, a, sa, b, sb, groups); break;
    case Scalar.DivF: binary(Scalar.DivF, d, a, sa, b, sb, groups); break;
    case Scalar.MaxF: binary(Scalar.MaxF, d, a, sa, b, sb, groups); break;
    case Scalar.MinF: binary(Scalar.MinF, d, a, sa, b, sb, groups); break;
    case Scalar.LtF: binary(Scalar.LtF, d, a, sa, b, sb, groups); break;
    case Scalar.LeF: binary(Scalar.LeF, d, a, sa, b, sb, groups); break;
    case Scalar.EqF: binary(Scalar.EqF, d, a, sa, b, sb, groups); break;
    case Scalar.AddI: binary(Scalar.AddI, d, a, sa, b, sb, groups); break;
    case Scalar.SubI: binary(Scalar.SubI, d, a, sa, b, sb, groups); break;
    case Scalar.MulI: binary(Scalar.MulI, d, a, sa, b, sb, groups); break;
    case Scalar.MaxI: binary(Scalar.MaxI, d, a, sa, b, sb, groups); break;
    case Scalar.MinI: binary(Scalar.MinI, d, a, sa, b, sb, groups); break;
    case Scalar.LtI: binary(Scalar.LtI, d, a, sa, b, sb, groups); break;
    case Scalar.LeI: binary(Scalar.LeI, d, a, sa, b, sb, groups); break;
    case Scalar.EqI: binary(Scalar.EqI, d, a, sa, b, sb, groups); break;
    case Scalar.MaxU: binary(Scalar.MaxU, d, a, sa, b, sb, groups); break;
    case Scalar.MinU: binary(Scalar.MinU, d, a, sa, b, sb, groups); break;
    case Scalar.LtU: binary(Scalar.LtU, d, a, sa, b, sb, groups); break;
    case Scalar.LeU: binary(Scalar.LeU, d, a, sa, b, sb, groups); break;
    case Scalar.And: binary(Scalar.And, d, a, sa, b, sb, groups); break;
    case Scalar.Or: binary(Scalar.Or, d, a, sa, b, sb, groups); break;
    case Scalar.Xor: binary(Scalar.Xor, d, a, sa, b, sb, groups); break;
    case Scalar.PowF: scalar2(Scalar.PowF, d, a, sa, b, sb, groups); break;
    case Scalar.Shl: scalar2(Scalar.Shl, d, a, sa, b, sb, groups); break;
    case Scalar.Shr: scalar2(Scalar.Shr, d, a, sa, b, sb, groups); break;
    case Scalar.Rem: scalar2(Scalar.Rem, d, a, sa, b, sb, groups); break;
    case Scalar.Quo: scalar2(Scalar.Quo, d, a, sa, b, sb, groups); break;
    default: unreachable();
  }
}

export function runShift(left: bool, d: usize, a: usize, sa: usize, by: i32, groups: i32): void {
  if (left) shift(true, d, a, sa, by, groups);
  else shift(false, d, a, sa, by, groups);
}

export function runSelect(d: usize, c: usize, sc: usize, a: usize, sa: usize, b: usize, sb: usize, groups: i32): void {
  for (; groups > 0; groups--) {
    for (let i: usize = 0; i < 64; i += 16) {
      const no = i32x4.eq(v128.load(c + i), i32x4.splat(0));
      v128.store(d + i, v128.bitselect(v128.load(b + i), v128.load(a + i), no));
    }
    d += 64;
    c += sc;
    a += sa;
    b += sb;
  }
}

/** x^y, one f32 at a time, by way of log2 and exp2 in f64. */

/** artanh(s) / s by its series in z = s^2, whose terms from z^7 on are z^7 p. */
@inline
export function artanhSeries(z: f64, p: f64): f64 {
  p = p * z + 1.0 / 13;
  p = p * z + 1.0 / 11;
  p = p * z + 1.0 / 9;
  p = p * z + 1.0 / 7;
  p = p * z + 1.0 / 5;
  p = p * z + 1.0 / 3;
  return p * z + 1.0;
}

/** log2 |x| in f64 for one finite nonzero f32, from the series of artanh. */
@inline
function log2Of(x: f64): f64 {
  const bits = reinterpret<u64>(x) - 0x3fe6a09e00000000;
  const e = <i64>bits >> 52;
  const m = reinterpret<f64>((bits & 0x000fffffffffffff) + 0x3fe6a09e00000000);
  const s = (m - 1) / (m + 1);
  const z = s * s;
  return <f64>e + artanhSeries(z, (1.0 / 17) * z + 1.0 / 15) * s * 2.8853900817779268;
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

import type { LibraryFunction, Width } from "./function.js";

const lanes = (width: Width): string =>
  width === 1
    ? "    let wide = reduceLarge(x); r = wide.x; *n = u32(wide.y);"
    : [0, 1, 2, 3]
        .map(
          (i) =>
            `    if (large[${i}]) { let wide = reduceLarge(x[${i}]); r[${i}] = wide.x; (*n)[${i}] = u32(wide.y); }`,
        )
        .join("\n");

/**
 * Sine and cosine by reduction to [-pi/4, pi/4] and Cephes polynomials. Up to 8192 the reduction subtracts n pi/2 in three
 * parts, each product exact and each difference rounded (Cody and Waite); beyond, it multiplies by the bits of 2/pi that
 * matter (Payne and Hanek, 1983).
 */
export const trigonometry = {
  // 64-bit product of two u32 as (high, low).
  multiplyWide: {
    text: `fn multiplyWide(a: u32, b: u32) -> vec2<u32> {
  let ll = (a & 0xffffu) * (b & 0xffffu);
  let lh = (a & 0xffffu) * (b >> 16u);
  let hl = (a >> 16u) * (b & 0xffffu);
  let middle = (ll >> 16u) + (lh & 0xffffu) + (hl & 0xffffu);
  return vec2<u32>((a >> 16u) * (b >> 16u) + (lh >> 16u) + (hl >> 16u) + (middle >> 16u), a * b);
}`,
  },
  // (r, quadrant) for |x| >= 8192. The fraction of x 2/pi needs 64 bits below the binary point.
  reduceLarge: {
    uses: ["multiplyWide"],
    text: `const TWO_OVER_PI = array<u32, 8>(0u, 0xa2f9836eu, 0x4e441529u, 0xfc2757d1u, 0xf534ddc0u, 0xdb629599u, 0x3c439041u, 0xfe5163abu);
fn reduceLarge(x: f32) -> vec2<f32> {
  let bits = bitcast<u32>(x);
  let exponent = (bits >> 23u) & 255u;
  if (exponent == 255u) { return vec2<f32>(bitcast<f32>(bits | 0x7fc00000u), 0.0); }
  let mantissa = (bits & 0x7fffffu) | 0x800000u;
  // x = mantissa 2^e, e = exponent - 150 >= -10; drop the bits of 2/pi that only give multiples of 4.
  let skip = exponent + 30u - 150u;
  var table = TWO_OVER_PI;
  let word = skip >> 5u;
  let by = skip & 31u;
  var w: array<u32, 3>;
  for (var i = 0u; i < 3u; i++) {
    w[i] = table[word + i] << by;
    if (by > 0u) { w[i] |= table[word + i + 1u] >> (32u - by); }
  }
  // 96-bit product modulo 2^64: units of the top word are 2^-30.
  let low = multiplyWide(mantissa, w[2]);
  let mid = multiplyWide(mantissa, w[1]);
  let second = mid.y + low.x;
  let top = mantissa * w[0] + mid.x + select(0u, 1u, second < mid.y);
  let quadrant = (top + 0x20000000u) >> 30u;
  var hi = top - (quadrant << 30u);
  var lo = second;
  let negative = (hi & 0x80000000u) != 0u;
  if (negative) {
    lo = ~lo + 1u;
    hi = ~hi + select(0u, 1u, lo == 0u);
  }
  let fraction = (f32(hi) * 9.31322574615478515625e-10 + f32(lo) * 2.16840434497100886801e-19) * 1.57079632679489661923;
  let r = select(fraction, -fraction, negative);
  if ((bits & 0x80000000u) != 0u) { return vec2<f32>(-r, f32((4u - quadrant) & 3u)); }
  return vec2<f32>(r, f32(quadrant & 3u));
}`,
  },
  sinOrCos: {
    text: `fn sinOrCos(r: F, quadrant: U) -> F {
  let z = r * r;
  let s = ((-1.9515295891e-4 * z + 8.3321608736e-3) * z - 1.6666654611e-1) * z * r + r;
  let c = ((2.443315711809948e-5 * z - 1.388731625493765e-3) * z + 4.166664568298827e-2) * z * z - 0.5 * z + 1.0;
  let y = select(s, c, (quadrant & U(1u)) == U(1u));
  return select(y, -y, (quadrant & U(2u)) == U(2u));
}`,
  },
  reduceHalfPi: {
    uses: ["reduceLarge", "isNan", "roundedF"],
    text: (width) => `fn reduceHalfPi(x: F, n: ptr<function, U>) -> F {
  let k = round(clamp(x, F(-8192.0), F(8192.0)) * 0.63661977236758134308);
  var r = roundedF(roundedF(x - k * 1.5703125) - k * 4.8375129699707031e-4) - k * 7.5497899548918822e-8;
  *n = bitcast<U>(I(k));
  let large = (abs(x) >= F(8192.0)) | isNan(x);
  if (any(large)) {
${lanes(width)}
  }
  return r;
}`,
  },
  sinF: {
    uses: ["sinOrCos", "reduceHalfPi", "isNan"],
    text: `fn sinF(x: F) -> F { var n: U; let r = reduceHalfPi(x, &n); return sinOrCos(r, n); }`,
  },
  cosF: {
    uses: ["sinOrCos", "reduceHalfPi", "isNan"],
    text: `fn cosF(x: F) -> F { var n: U; let r = reduceHalfPi(x, &n); return sinOrCos(r, n + U(1u)); }`,
  },
} satisfies Record<string, LibraryFunction>;

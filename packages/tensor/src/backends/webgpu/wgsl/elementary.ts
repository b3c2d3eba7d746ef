import { type LibraryFunction, polynomial } from "./function.js";

/** (e^r - 1 - r) / r^2 for |r| <= ln 2 / 2. */
export const EXP = "1.9875691500e-4 1.3981999507e-3 8.3334519073e-3 4.1665795894e-2 1.6666665459e-1 5.0000001201e-1";

/**
 * Cephes-class single-precision functions (S. L. Moshier, "Methods and Programs for Mathematical Functions", 1989).
 * The built-ins are not good enough to train with: WGSL allows `log` an absolute error of 2^-21 near 1 and `tanh` to
 * overflow. Special values are handled on the bits because WGSL may assume they do not occur.
 */
export const elementary = {
  // x = n ln 2 + r, |r| <= ln 2 / 2, with ln 2 in two parts so that n times the first is exact; rounding between them keeps
  // a compiler from adding them up. 2^n is applied in two steps because n reaches 128 and -149. The overflow threshold is
  // ln(2^128).
  expF: {
    uses: ["isNan", "roundedF"],
    text: `fn expF(x: F) -> F {
  let c = clamp(x, F(-104.0), F(89.0));
  let n = round(c * 1.44269504088896341);
  let r = roundedF(c - n * 0.693359375) - n * -2.12194440e-4;
  ${polynomial("r", EXP)}
  let e = p * (r * r) + r + 1.0;
  let k = I(n);
  let half = k >> U(1);
  let y = e * bitcast<F>((half + 127) << U(23)) * bitcast<F>((k - half + 127) << U(23));
  let bits = select(bitcast<U>(y), U(0x7f800000u), x > F(88.7228394));
  return select(bitcast<F>(bits), x, isNan(x));
}`,
  },
  // A subnormal is its bits times 2^-149, as whole numbers: arithmetic on it may flush it to 0.
  logF: {
    uses: ["isNan"],
    text: `fn logF(x: F) -> F {
  let xbits = bitcast<U>(x);
  let tiny = (xbits & U(0x7f800000u)) == U(0);
  let bits = bitcast<U>(select(x, F(xbits), tiny));
  // Exponent such that the mantissa lies in [sqrt(1/2), sqrt(2)).
  let shifted = bits + U(0x3f800000u - 0x3f3504f3u);
  let e = F(I(shifted >> U(23)) - 127) - select(F(0.0), F(149.0), tiny);
  let m = bitcast<F>((shifted & U(0x007fffffu)) + U(0x3f3504f3u)) - 1.0;
  let z = m * m;
  ${polynomial(
    "m",
    `7.0376836292e-2 -1.1514610310e-1 1.1676998740e-1 -1.2420140846e-1 1.4249322787e-1
    -1.6668057665e-1 2.0000714765e-1 -2.4999993993e-1 3.3333331174e-1`,
  )}
  var y = p * m * z + e * -2.12194440e-4;
  y = y - 0.5 * z;
  let finite = (m + y) + e * 0.693359375;
  var result = select(bitcast<U>(finite), xbits, xbits == U(0x7f800000u));
  result = select(result, U(0x7fc00000u), xbits > U(0x80000000u));
  result = select(result, U(0xff800000u), (xbits & U(0x7fffffffu)) == U(0));
  return select(bitcast<F>(result), x, isNan(x));
}`,
  },
  // log(1 + z) for z >= 0: the series of 2 artanh(z / (2 + z)) below 1, where nothing cancels.
  log1pF: {
    uses: ["logF"],
    text: `fn log1pF(z: F) -> F {
  let s = z / (z + 2.0);
  let q = s * s;
  ${polynomial(
    "q",
    `6.6666666667e-2 7.6923076923e-2 9.0909090909e-2 1.1111111111e-1
    1.4285714286e-1 2.0e-1 3.3333333333e-1 1.0`,
  )}
  return select(logF(z + 1.0), 2.0 * s * p, z < F(1.0));
}`,
  },
  sigmoidF: {
    uses: ["expF"],
    text: `fn sigmoidF(x: F) -> F { return 1.0 / (1.0 + expF(-x)); }`,
  },
  tanhF: {
    uses: ["expF"],
    text: `fn tanhF(x: F) -> F {
  let z = x * x;
  ${polynomial("z", "-5.70498872745e-3 2.06390887954e-2 -5.37397155531e-2 1.33314422036e-1 -3.33332819422e-1")}
  let near = p * z * x + x;
  let far = 1.0 - 2.0 / (expF(2.0 * abs(x)) + 1.0);
  return select(select(far, -far, x < F(0.0)), near, abs(x) < F(0.625));
}`,
  },
  // N. Juffa's minimax pair: x P(x^2) near zero, 1 - exp(Q(|x|)) beyond 475/512.
  erfF: {
    uses: ["expF", "isNan"],
    text: `fn erfF(x: F) -> F {
  let t = min(abs(x), F(4.0));
  let s = t * t;
  var q = -1.72853470e-5 * t + 3.83197126e-4;
  q = q * s + (-3.88396438e-3 * t + 2.42546219e-2);
  q = q * t - 1.06777877e-1;
  q = q * t - 6.34846687e-1;
  q = q * t - 1.28717512e-1;
  q = q * t - t;
  let far = 1.0 - expF(q);
  let z = x * x;
  ${polynomial("z", "-5.96761703e-4 4.99119423e-3 -2.67681349e-2 1.12819925e-1 -3.76125336e-1 1.28379166e-1")}
  let near = p * x + x;
  return select(select(select(far, -far, x < F(0.0)), near, abs(x) < F(0.927734375)), x, isNan(x));
}`,
  },
  // 0.5 x (1 + tanh u) = x sigmoid(2u), which keeps its relative accuracy for negative x.
  geluF: {
    uses: ["sigmoidF"],
    text: `fn geluF(x: F) -> F { return x * sigmoidF(1.5957691216057308 * (x + 0.044715 * x * x * x)); }`,
  },
  // d/dx x s(2u) = s + x s (1 - s) 2u', with 1 - s = e s for e = exp(-2u) so that nothing cancels. Beyond |x| = 10 it is 0 or 1
  // to the last bit; clamping keeps e finite.
  geluGradF: {
    uses: ["expF", "isNan"],
    text: `fn geluGradF(x: F) -> F {
  let c = clamp(x, F(-10.0), F(10.0));
  let z = c * c;
  let e = expF(-1.5957691216057308 * (c + 0.044715 * z * c));
  let s = 1.0 / (1.0 + e);
  let y = s + c * (e * s) * s * (1.5957691216057308 * (1.0 + 0.134145 * z));
  return select(y, x, isNan(x));
}`,
  },
} satisfies Record<string, LibraryFunction>;

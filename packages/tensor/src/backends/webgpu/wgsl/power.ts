import { EXP } from "./elementary.js";
import { type LibraryFunction, polynomial } from "./function.js";

/**
 * x^y = 2^(y log2 |x|) with the logarithm carried in two parts (the idea of fdlibm's pow): an error of one ulp in a plain
 * f32 logarithm would be multiplied by up to 128. Parts are cut by masking bits, and what they leave is rounded before more is
 * added to it, so that no compiler can put the parts together again.
 */
export const power = {
  headF: {
    text: `fn headF(x: F) -> F { return bitcast<F>(bitcast<U>(x) & U(0xfffff000u)); }`,
  },
  powF: {
    uses: ["headF", "isNan", "roundedF"],
    text: `fn powF(x: F, yIn: F) -> F {
  let y = clamp(yIn, F(-4294967296.0), F(4294967296.0));
  let a = abs(x);
  let tiny = a < F(1.17549435e-38);
  let shifted = bitcast<U>(select(a, a * 8388608.0, tiny)) + U(0x3f800000u - 0x3f3504f3u);
  let e = F(I(shifted >> U(23)) - 127) - select(F(0.0), F(23.0), tiny);
  let m = bitcast<F>((shifted & U(0x007fffffu)) + U(0x3f3504f3u));
  // ln m = 2 s + s R(s^2), s = (m - 1) / (m + 1) as head and tail.
  let f = m - 1.0;
  let d = m + 1.0;
  let s = f / d;
  let sHead = headF(s);
  let dHead = headF(d);
  let dTail = m - roundedF(dHead - 1.0);
  let sTail = (roundedF(f - sHead * dHead) - sHead * dTail) / d;
  let q = s * s;
  let r = s * (q * (0.66666666667 + q * (0.4 + q * (0.28571428571 + q * (0.22222222222 + q * 0.18181818182)))));
  // log2 m, with 1 / ln 2 = 1.4423828125 + 3.1222839e-4.
  let lHead = 2.0 * sHead;
  let lTail = 2.0 * sTail + r;
  let scaled = lHead * 1.4423828125;
  let rest = lTail * 1.4423828125 + (lHead + lTail) * 3.12228388963e-4;
  let t = headF((e + scaled) + rest);
  let tTail = rest - roundedF(roundedF(t - e) - scaled);
  let yHead = headF(y);
  let high = yHead * t;
  let low = (y - yHead) * t + y * tTail;
  let z = clamp(high + low, F(-151.0), F(129.0));
  let n = round(z);
  let g = clamp(roundedF(high - n) + low, F(-0.51), F(0.51)) * 0.69314718055994531;
  ${polynomial("g", EXP)}
  let k = I(n);
  let half = k >> U(1);
  let w = (p * (g * g) + g + 1.0) * bitcast<F>((half + 127) << U(23)) * bitcast<F>((k - half + 127) << U(23));
  let up = y > F(0.0);
  var bits = select(bitcast<U>(w), U(0x7f800000u), z >= F(128.0));
  bits = select(bits, select(U(0x7f800000u), U(0u), up), a == F(0.0));
  bits = select(bits, select(U(0u), U(0x7f800000u), up), bitcast<U>(a) == U(0x7f800000u));
  // A negative base wants an integer exponent; from 2^24 on every f32 is even.
  let whole = floor(y);
  let odd = (abs(y) < F(16777216.0)) & ((I(whole) & I(1)) == I(1)) & (whole == y);
  let negative = (bitcast<U>(x) >> U(31)) == U(1);
  bits = select(bits, bits | U(0x80000000u), negative & odd);
  bits = select(bits, U(0x7fc00000u), (x < F(0.0)) & (bitcast<U>(a) != U(0x7f800000u)) & (whole != y));
  bits = select(bits, U(0x7fc00000u), isNan(x) | isNan(yIn));
  bits = select(bits, U(0x3f800000u), (x == F(1.0)) | (yIn == F(0.0)));
  return bitcast<F>(bits);
}`,
  },
} satisfies Record<string, LibraryFunction>;

import type { LibraryFunction } from "./function.js";

/**
 * WGSL lets a compiler assume that NaN and infinities do not occur, so comparisons such as `x != x` may be folded away;
 * tests on the bits may not.
 */
export const predicates = {
  isNan: {
    text: `fn isNan(x: F) -> B { return (bitcast<U>(x) & U(0x7fffffffu)) > U(0x7f800000u); }`,
  },
  maxF: {
    uses: ["isNan"],
    text: `fn maxF(a: F, b: F) -> F { return select(max(a, b), a + b, isNan(a) | isNan(b)); }`,
  },
  minF: {
    uses: ["isNan"],
    text: `fn minF(a: F, b: F) -> F { return select(min(a, b), a + b, isNan(a) | isNan(b)); }`,
  },
  signF: {
    text: `fn signF(x: F) -> F { return select(select(x, F(-1.0), x < F(0.0)), F(1.0), x > F(0.0)); }`,
  },
  // 2147483520 and 4294967040 are the largest f32 below 2^31 and 2^32.
  floatToInt: {
    uses: ["isNan"],
    text: `fn floatToInt(x: F) -> I {
  let inRange = I(clamp(x, F(-2147483648.0), F(2147483520.0)));
  return select(select(inRange, I(2147483647), x >= F(2147483648.0)), I(0), isNan(x));
}`,
  },
  floatToUint: {
    uses: ["isNan"],
    text: `fn floatToUint(x: F) -> U {
  let inRange = U(clamp(x, F(0.0), F(4294967040.0)));
  return select(select(inRange, U(4294967295u), x >= F(4294967296.0)), U(0), isNan(x));
}`,
  },
} satisfies Record<string, LibraryFunction>;

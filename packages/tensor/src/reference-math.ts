import type { DType } from "./dtype.js";
import { formatShape, TensorError } from "./errors.js";
import { type Shape, sizeOf } from "./shape.js";

/** What the float64 reference needs and JavaScript lacks. */

/** Memory for a value of the reference. */
export const valuesFor = (shape: Shape): Float64Array => {
  try {
    return new Float64Array(sizeOf(shape));
  } catch {
    throw new TensorError(
      "limit",
      `reference: the ${sizeOf(shape)} numbers of ${formatShape(shape)} are more than one array may hold`,
    );
  }
};

/** Rounds to the nearest whole number, halves to even, as IEEE 754 and every backend do. */
export const roundHalfEven = (x: number): number => {
  const down = Math.floor(x);
  const excess = x - down;
  if (excess !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
};

/** exp(-x^2) times the Maclaurin series sum 2^n x^(2n+1) / (2n+1)!! (Abramowitz and Stegun 7.1.6), which has no cancellation: for |x| < 3. */
const erfSeries = (x: number): number => {
  const a = Math.abs(x);
  let term = a;
  let sum = a;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * a * a) / (2 * n + 1);
    sum += term;
  }
  return Math.sign(x) * (2 / Math.sqrt(Math.PI)) * Math.exp(-a * a) * sum;
};

/** The continued fraction of erfc (7.1.14): for x >= 3. */
const erfcFraction = (x: number): number => {
  let fraction = 0;
  for (let n = 60; n >= 1; n--) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
};

/** Error function to about 1e-16. */
export const erfFloat64 = (x: number): number =>
  Math.abs(x) >= 3 ? Math.sign(x) * (1 - erfcFraction(Math.abs(x))) : erfSeries(x);

/** 1 - erf(x), to about 1e-11 of itself. */
export const erfcFloat64 = (x: number): number => (x >= 3 ? erfcFraction(x) : 1 - erfFloat64(x));

/** Integers hold their low 32 bits, as they do in every backend. */
export const wrap = (dtype: DType, value: number): number =>
  dtype === "i32" ? value | 0 : dtype === "u32" ? value >>> 0 : dtype === "bool" ? Number(value !== 0) : value;

/** Value conversion: floats truncate and saturate, NaN becomes 0, bool is "differs from zero", integers keep their bits. */
export const convert = (value: number, from: DType, to: DType): number => {
  if (from !== "f32" || to === "f32" || to === "bool") return wrap(to, value);
  const [low, high] = to === "i32" ? [-(2 ** 31), 2 ** 31 - 1] : [0, 2 ** 32 - 1];
  // Adding 0 turns -0, which no integer has, into 0.
  return Number.isNaN(value) ? 0 : Math.min(high, Math.max(low, Math.trunc(value))) + 0;
};

/** x^y with the special cases of IEEE 754 and C99; JavaScript has NaN where the base is 1 or -1. */
export const powFloat64 = (x: number, y: number): number =>
  x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY) ? 1 : x ** y;

import { formatShape, TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import { checkElement, checkFinite, checkOptions, checkTensor, checkWhole } from "../ops/arguments.js";
import { add, mul } from "../ops/arithmetic.js";
import { bitAnd, bitOr, shiftLeft, shiftRight } from "../ops/bits.js";
import { cast } from "../ops/cast.js";
import { equal } from "../ops/comparison.js";
import { concat } from "../ops/concat-and-split.js";
import { constant, full } from "../ops/constant.js";
import { iota } from "../ops/iota.js";
import { minimum } from "../ops/maximum-and-minimum.js";
import { reshape } from "../ops/reshape.js";
import { select } from "../ops/select.js";
import { slice } from "../ops/slice-and-pad.js";
import { checkShape, type Shape, sizeOf } from "../shape.js";
import { normalQuantile } from "./normal-quantile.js";
import { permutationOp, randomBitsOp, randomKeysOp } from "./ops.js";

/**
 * Counter-based random numbers. A key is a u32[2]; every function is pure in its key, so the same key gives the same numbers on every
 * backend, in any order, after a resume. Never use one key twice: `split` it, or `foldIn` the step.
 */
export type Key = Tensor<readonly [2], "u32">;

/** The key of a seed: its two 32-bit words. A seed is a whole number of at least 0, exact up to 2^53. */
export const key = (seed: number): Key => {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new TensorError("argument", `key: a seed is a whole number from 0 to 2^53 - 1, got ${seed}`);
  const high = Math.floor(seed / 2 ** 32);
  const low = seed >>> 0;
  if (high === low) return full([2], low, "u32");
  return select(equal(iota([2], 0, "u32"), 0), constant(high, "u32"), constant(low, "u32")) as Key;
};

/** `n` keys, independent of each other and of `from`. */
export const split = (from: Tensor, n = 2): Key[] => {
  checkWhole("split", "the number of keys", n, 1);
  const keys = apply(randomKeysOp, [from], { n });
  return Array.from({ length: n }, (_, i) => reshape(slice(keys, [i]), [2]) as Key);
};

/** A new key from a key and a number: a step, a worker, a layer. A tensor is data (u32 or i32 scalar); a number is part of the program. */
export const foldIn = (from: Tensor, data: number | Tensor): Key => {
  const word = typeof data === "number" ? wordOf(data) : wordIn(data);
  // Mixing the number into both words of a fresh key, then ciphering again, keeps streams of near-by numbers apart.
  const [fresh] = split(from, 1);
  const mixed = concat([
    add(slice(fresh!, [0]), reshape(word, [1])),
    add(slice(fresh!, [1]), mul(reshape(word, [1]), constant(0x9e3779b9, "u32"))),
  ]);
  return split(mixed, 1)[0]!;
};

const wordOf = (data: number): Tensor => {
  checkElement("foldIn", data, "u32");
  return constant(data, "u32");
};

const wordIn = (data: Tensor): Tensor => {
  checkTensor("foldIn", data);
  if (data.size !== 1 || (data.dtype !== "u32" && data.dtype !== "i32"))
    throw new TensorError(
      "dtype",
      `foldIn: folds in one u32 or i32 number, got ${data.dtype}${formatShape(data.shape)}`,
    );
  return cast(reshape(data, []), "u32");
};

/** 32 uniformly random bits per element. */
export const randomBits = <const S extends Shape>(from: Tensor, shape: S): Tensor<S, "u32"> => {
  checkShape("random", shape);
  return reshape(apply(randomBitsOp, [from], { n: sizeOf(shape) }), shape) as Tensor<S, "u32">;
};

/** Largest f32 below a positive or negative number of f32. */
const below = (x: number): number => {
  const bits = new Int32Array(Float32Array.of(x).buffer);
  bits[0]! += x > 0 ? -1 : 1;
  return x === 0 ? -(2 ** -149) : new Float32Array(bits.buffer)[0]!;
};

/** Uniform on [low, high), two numbers of f32: multiples of 2^-24 scaled, so the same bits on every backend. */
export const uniform = <const S extends Shape>(
  from: Tensor,
  shape: S,
  options: { readonly low?: number; readonly high?: number } = {},
): Tensor<S, "f32"> => {
  checkOptions("uniform", options, ["low", "high"]);
  const { low = 0, high = 1 } = options;
  for (const [name, bound] of Object.entries({ low, high })) checkFinite("uniform", name, bound);
  if (!(Math.fround(low) < Math.fround(high)))
    throw new TensorError("argument", `uniform: low must lie below high as f32, got ${low} and ${high}`);
  if (!Number.isFinite(Math.fround(high - low)))
    throw new TensorError("argument", `uniform: high - low must be a finite f32, got ${low} and ${high}`);
  const unit = mul(cast(shiftRight(randomBits(from, shape), 8), "f32"), 2 ** -24);
  if (low === 0 && high === 1) return unit as Tensor<S, "f32">;
  // Rounding may reach `high`, which is not in the interval.
  return minimum(add(mul(unit, high - low), low), below(Math.fround(high))) as Tensor<S, "f32">;
};

/** Standard normal, by the inverse of its distribution function at the midpoints of 2^23 equal intervals: |x| < 5.3. */
export const normal = <const S extends Shape>(from: Tensor, shape: S): Tensor<S, "f32"> => {
  // 2b + 1 - 2^23 for 23 random bits b is an odd whole number below 2^23 in size: exact in f32, symmetric, never +-1.
  const odd = cast(bitOr(shiftLeft(shiftRight(randomBits(from, shape), 9), 1), 1), "i32");
  const x = mul(cast(add(odd, -(2 ** 23)), "f32"), 2 ** -23);
  return normalQuantile(x) as Tensor<S, "f32">;
};

/** Whole numbers uniform on [low, high), by the high word of bits x range (Lemire, arXiv 1805.10941, without rejection: bias below range / 2^32). */
export const integers = <const S extends Shape>(
  from: Tensor,
  shape: S,
  low: number,
  high: number,
): Tensor<S, "i32"> => {
  const range = high - low;
  const inside = Number.isInteger(low) && Number.isInteger(high) && low >= -(2 ** 31) && high <= 2 ** 31;
  if (!inside || range < 1 || range > 2 ** 31)
    throw new TensorError(
      "argument",
      `integers: needs whole numbers low < high of i32, at most 2^31 apart, got ${low} and ${high}`,
    );
  const b = randomBits(from, shape);
  const half = (x: Tensor): [Tensor, Tensor] => [shiftRight(x, 16), bitAnd(x, 0xffff)];
  const [bh, bl] = half(b);
  const [rh, rl] = [range >>> 16, range & 0xffff];
  const middle = add(mul(bh, rl), shiftRight(mul(bl, rl), 16));
  const [mh, ml] = half(middle);
  const word = add(add(mul(bh, rh), mh), shiftRight(add(mul(bl, rh), ml), 16));
  return add(cast(word, "i32"), low) as Tensor<S, "i32">;
};

/** A random permutation of 0 .. n-1. */
export const permutation = (from: Tensor, n: number): Tensor<[number], "i32"> => {
  checkWhole("permutation", "n", n, 1);
  return apply(permutationOp, [from], { n }) as Tensor<[number], "i32">;
};

import {
  add,
  bitcast,
  bitOr,
  bitXor,
  cast,
  constant,
  iota,
  mul,
  random,
  shiftLeft,
  shiftRight,
  slice,
  sub,
  type Tensor,
} from "@isoflop/tensor";
import { tensors } from "./arithmetic.js";
import { normalQuantile } from "./normal-quantile.js";

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;
const PARITY = 0x1bd11bda;
const ROUNDS = 20;

const word = (value: number): Tensor => constant(value, "u32");

/** The exclusive or of both words of Threefry-2x32 (Salmon et al., SC11) on the counters (c0, c1), which broadcast. */
const threefry = (key: random.Key, c0: Tensor, c1: Tensor): Tensor => {
  const [k0, k1] = [0, 1].map((i) => slice(key, [{ start: i, stop: i + 1 }]) as Tensor) as [Tensor, Tensor];
  const keys = [k0, k1, bitXor(bitXor(k0, k1), word(PARITY))] as const;
  let [a, b] = [add(c0, k0), add(c1, k1)];
  for (let round = 0; round < ROUNDS; round++) {
    const by = ROTATIONS[round % ROTATIONS.length]!;
    a = add(a, b);
    b = bitXor(bitOr(shiftLeft(b, by), shiftRight(b, 32 - by)), a);
    if (round % 4 !== 3) continue;
    const j = (round + 1) / 4;
    a = add(a, keys[j % 3]!);
    b = add(add(b, keys[(j + 1) % 3]!), word(j));
  }
  return bitXor(a, b);
};

/**
 * Samples by their numbers among all, u32 [n]: what they draw is a function of the key and of these alone, so that it is the same however many
 * are computed at once.
 */
export const samplesFrom = (first: Tensor, n: number): Tensor => add(iota([n], 0, "u32"), first);

/** 32 random bits for `size` elements of each sample, u32 [n, size]. */
const bits = (key: random.Key, samples: Tensor, size: number): Tensor =>
  threefry(key, samples.reshape([samples.size, 1]), iota([1, size], 1, "u32"));

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** Uniform on (0, 1), the middles of 2^23 equal parts: [n, ...shape]. */
export const uniformBySample = (key: random.Key, samples: Tensor, shape: readonly number[]): Tensor => {
  const odd = bitOr(shiftLeft(shiftRight(bits(key, samples, sizeOf(shape)), 9), 1), 1);
  return mul(cast(odd, "f32"), 2 ** -24).reshape([samples.size, ...shape]);
};

/** Standard normal: [n, ...shape]. */
export const normalBySample = (key: random.Key, samples: Tensor, shape: readonly number[]): Tensor =>
  normalQuantile(tensors, uniformBySample(key, samples, shape));

/** 1 or -1: [n, ...shape]. */
export const signsBySample = (key: random.Key, samples: Tensor, shape: readonly number[]): Tensor =>
  sub(mul(cast(shiftRight(bits(key, samples, sizeOf(shape)), 31), "f32"), 2), 1).reshape([samples.size, ...shape]);

/** A key of its own for each time that is asked about. */
export const foldInTime = (key: random.Key, t: Tensor): random.Key => random.foldIn(key, bitcast(t, "u32"));

import { threefry2x32 } from "./threefry.js";

/** Rounds of the network, each with a key of its own. */
export const ROUNDS = 12;

/** 32-bit finaliser of MurmurHash3 over a keyed word: the round function. */
const round = (x: number, roundKey: number): number => {
  let z = Math.imul(x ^ roundKey, 0x9e3779b1) >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b) >>> 0;
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35) >>> 0;
  return (z ^ (z >>> 16)) >>> 0;
};

/** Width in bits of each half: the smallest h >= 1 with 4^h >= n. */
export const halfBits = (n: number): number => {
  let h = 1;
  while (4 ** h < n) h++;
  return h;
};

/** Round keys: word 0 of Threefry block (1, r). The high counter word 1 keeps them apart from `randomBits`, which uses 0. */
export const roundKeys = (k0: number, k1: number): Uint32Array =>
  Uint32Array.from({ length: ROUNDS }, (_, r) => threefry2x32(k0, k1, 1, r)[0]);

/**
 * Where a seeded permutation of 0..n-1 sends `index`, without sorting: a balanced Feistel network on 2^2h >= n values,
 * walked until it lands below n (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002). Each element is
 * independent of the others, so a GPU computes them in parallel and a data loader can ask for any single one.
 */
export const permuteIndex = (index: number, n: number, keys: Uint32Array): number => {
  const h = halfBits(n);
  const mask = 2 ** h - 1;
  let value = index;
  do {
    let left = Math.floor(value / 2 ** h);
    let right = value & mask;
    for (const key of keys) [left, right] = [right, (left ^ round(right, key)) & mask];
    value = left * 2 ** h + right;
  } while (value >= n);
  return value;
};

/** Counter-based random numbers: Threefry-2x32 with 20 rounds (Salmon et al., SC11), four blocks at a time. */
import { RandomWord } from "../src/backends/wasm/opcodes";
import { storeUpTo } from "./simd";

let word0: v128 = i32x4.splat(0);
let word1: v128 = i32x4.splat(0);

@inline
function rotate(v: v128, by: i32): v128 {
  return v128.or(i32x4.shl(v, by), i32x4.shr_u(v, 32 - by));
}

/** Four rounds of lanes (x0, x1), left in `word0` and `word1`, then the key schedule's addition. */
@inline
function rounds(r0: i32, r1: i32, r2: i32, r3: i32, add0: u32, add1: u32): void {
  let a = word0;
  let b = word1;
  a = i32x4.add(a, b);
  b = v128.xor(rotate(b, r0), a);
  a = i32x4.add(a, b);
  b = v128.xor(rotate(b, r1), a);
  a = i32x4.add(a, b);
  b = v128.xor(rotate(b, r2), a);
  a = i32x4.add(a, b);
  b = v128.xor(rotate(b, r3), a);
  word0 = i32x4.add(a, i32x4.splat(add0));
  word1 = i32x4.add(b, i32x4.splat(add1));
}

/** Blocks of counters (c0, c1) under the command's key: results in `word0`, `word1`. */
function threefry(command: usize, c0: v128, c1: v128): void {
  const key = load<usize>(command, RandomWord.Key);
  const k0 = load<u32>(key);
  const k1 = load<u32>(key, 4);
  const k2 = 0x1bd11bda ^ k0 ^ k1;
  word0 = i32x4.add(c0, i32x4.splat(k0));
  word1 = i32x4.add(c1, i32x4.splat(k1));
  rounds(13, 15, 26, 6, k1, k2 + 1);
  rounds(17, 29, 16, 24, k2, k0 + 2);
  rounds(13, 15, 26, 6, k0, k1 + 3);
  rounds(17, 29, 16, 24, k1, k2 + 4);
  rounds(13, 15, 26, 6, k2, k0 + 5);
}

@inline
function lanesFrom(i: i32): v128 {
  return i32x4.add(i32x4.splat(i), i32x4(0, 1, 2, 3));
}

export function randomBits(p: usize, task: u32): void {
  const perTask = load<i32>(p, RandomWord.PerTask);
  let i = <i32>task * perTask;
  const end = min(load<i32>(p, RandomWord.Count), i + perTask);
  let to = load<usize>(p, RandomWord.Output) + (i << 2);
  for (; i < end; i += 4) {
    threefry(p, i32x4.splat(0), lanesFrom(i));
    storeUpTo(to, v128.xor(word0, word1), end - i);
    to += 16;
  }
}

export function randomKeys(p: usize, task: u32): void {
  const perTask = load<i32>(p, RandomWord.PerTask);
  let i = <i32>task * perTask;
  const end = min(load<i32>(p, RandomWord.Count), i + perTask);
  let to = load<usize>(p, RandomWord.Output) + (i << 3);
  for (; i < end; i++) {
    threefry(p, i32x4.splat(0), i32x4.splat(i));
    store<u32>(to, i32x4.extract_lane(word0, 0));
    store<u32>(to, i32x4.extract_lane(word1, 0), 4);
    to += 8;
  }
}

/** Round function of the Feistel network: the finaliser of MurmurHash3 (src/random/permutation.ts). */
@inline
function mix(x: u32, roundKey: u32): u32 {
  let z = (x ^ roundKey) * 0x9e3779b1;
  z = (z ^ (z >> 16)) * 0x85ebca6b;
  z = (z ^ (z >> 13)) * 0xc2b2ae35;
  return z ^ (z >> 16);
}

export function permutation(p: usize, task: u32): void {
  // Round keys: word 0 of blocks (1, 0..11).
  threefry(p, i32x4.splat(1), lanesFrom(0));
  const keys0 = word0;
  threefry(p, i32x4.splat(1), lanesFrom(4));
  const keys1 = word0;
  threefry(p, i32x4.splat(1), lanesFrom(8));
  const keys2 = word0;
  const half = load<u32>(p, RandomWord.HalfBits);
  const mask: u32 = (1 << half) - 1;
  const count = load<u32>(p, RandomWord.Count);
  const perTask = load<u32>(p, RandomWord.PerTask);
  let i = task * perTask;
  const end = min(count, i + perTask);
  let to = load<usize>(p, RandomWord.Output) + (i << 2);
  for (; i < end; i++) {
    let value = i;
    do {
      let left = value >> half;
      let right = value & mask;
      left ^= mix(right, i32x4.extract_lane(keys0, 0)) & mask;
      right ^= mix(left, i32x4.extract_lane(keys0, 1)) & mask;
      left ^= mix(right, i32x4.extract_lane(keys0, 2)) & mask;
      right ^= mix(left, i32x4.extract_lane(keys0, 3)) & mask;
      left ^= mix(right, i32x4.extract_lane(keys1, 0)) & mask;
      right ^= mix(left, i32x4.extract_lane(keys1, 1)) & mask;
      left ^= mix(right, i32x4.extract_lane(keys1, 2)) & mask;
      right ^= mix(left, i32x4.extract_lane(keys1, 3)) & mask;
      left ^= mix(right, i32x4.extract_lane(keys2, 0)) & mask;
      right ^= mix(left, i32x4.extract_lane(keys2, 1)) & mask;
      left ^= mix(right, i32x4.extract_lane(keys2, 2)) & mask;
      right ^= mix(left, i32x4.extract_lane(keys2, 3)) & mask;
      value = (left << half) | right;
    } while (value >= count);
    store<u32>(to, value);
    to += 4;
  }
}

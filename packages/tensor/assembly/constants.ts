/** Constants of vector code. */
import { madd } from "./simd";

/**
 * Constants live in memory, one word each: V8 rebuilds a vector constant in three instructions at every use, while a
 * broadcast load is one.
 */
@inline
export function at(table: usize, i: usize): v128 {
  return v128.load32_splat(table + (i << 2));
}

/** Horner step: p x + table[i]. */
@inline
export function step(p: v128, x: v128, table: usize, i: usize): v128 {
  return madd(p, x, at(table, i));
}

export const SIGN = memory.data<u32>([0x80000000]);
const ONE = memory.data<f32>([1]);

@inline
export function one(): v128 {
  return at(ONE, 0);
}

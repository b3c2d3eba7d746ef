import { threefry2x32 } from "./threefry.js";

/** A 64-bit Threefry key as two 32-bit words. */
export type Key = readonly [number, number];

const scratch = new Uint32Array(2);

/** The key of a named use of a seed: different purposes of one seed are independent streams. */
export const keyOf = (seed: number, purpose: string): Key => {
  let key: Key = [seed >>> 0, Math.floor(seed / 2 ** 32)];
  for (let i = 0; i < purpose.length; i++) key = foldIn(key, purpose.charCodeAt(i));
  return key;
};

/** A new key from a key and a non-negative safe integer. */
export const foldIn = (key: Key, value: number): Key => {
  threefry2x32(key[0], key[1], value >>> 0, Math.floor(value / 2 ** 32), scratch);
  return [scratch[0]!, scratch[1]!];
};

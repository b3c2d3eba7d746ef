import { HASH_BYTES } from "./hash.js";

/** Records in an order that follows from what they hold alone, wherever they were found and whatever they were called. */
export interface ContentOrder {
  /** Record numbers by hash, and by caption where hashes are equal. */
  readonly order: Uint32Array;
  /** How many records are exact duplicates of another, the first of each not counted. */
  readonly duplicates: number;
}

/** @param hashes `[count, 32]` */
export const contentOrder = (hashes: Uint8Array, textOf: (record: number) => string): ContentOrder => {
  const order = Uint32Array.from({ length: hashes.length / HASH_BYTES }, (_, record) => record);
  order.sort((a, b) => compareHashes(hashes, a, b) || compareTexts(textOf(a), textOf(b)));
  let duplicates = 0;
  for (let i = 1; i < order.length; i++) if (compareHashes(hashes, order[i - 1]!, order[i]!) === 0) duplicates++;
  return { order, duplicates };
};

/** Below 0 where the hash of record `a` comes first, 0 where both are equal. */
export const compareHashes = (hashes: Uint8Array, a: number, b: number): number => {
  for (let i = 0; i < HASH_BYTES; i++) {
    const difference = hashes[a * HASH_BYTES + i]! - hashes[b * HASH_BYTES + i]!;
    if (difference !== 0) return difference;
  }
  return 0;
};

/** By code units, the same in all languages. */
export const compareTexts = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

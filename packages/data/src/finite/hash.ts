import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** Bytes of a record's hash. */
export const HASH_BYTES = 32;

/** SHA-256 of each of `count` records of `bytes` bytes, one after the other: `[count, 32]`. */
export const hashRecords = (values: Uint8Array, count: number): Uint8Array => {
  const each = values.length / count;
  const hashes = new Uint8Array(count * HASH_BYTES);
  for (let i = 0; i < count; i++) hashes.set(sha256(values.subarray(i * each, (i + 1) * each)), i * HASH_BYTES);
  return hashes;
};

/** SHA-256, in hexadecimal, of the hashes of these records in this order. */
export const digestOfHashes = (hashes: Uint8Array, order: Uint32Array): string => {
  const hash = sha256.create();
  for (const record of order) hash.update(hashes.subarray(record * HASH_BYTES, (record + 1) * HASH_BYTES));
  return bytesToHex(hash.digest());
};

/** SHA-256, in hexadecimal, of texts in this order, each told from the next. */
export const digestOfTexts = (texts: Iterable<string>): string => {
  const hash = sha256.create();
  for (const text of texts) {
    const bytes = utf8ToBytes(text);
    hash.update(utf8ToBytes(`${bytes.length}:`)).update(bytes);
  }
  return bytesToHex(hash.digest());
};

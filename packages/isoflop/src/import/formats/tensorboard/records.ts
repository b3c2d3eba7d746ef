import { maskedCrc32c } from "./crc32c.js";

/** Length and its check before the data, the data's check behind. */
const [HEAD, FOOT] = [12, 4];

/** The records of a TFRecord file, and why it ends before the file does. */
export interface Records {
  readonly records: readonly Uint8Array[];
  /** `truncated`: the last record is not all there, as in a log that is being written. `corrupt`: a check does not hold. */
  readonly flaw?: { readonly kind: "truncated" | "corrupt"; readonly at: number };
}

/** Reads up to the first record that is not whole: behind it nobody knows where the next begins. */
export const recordsIn = (bytes: Uint8Array): Records => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const left = bytes.length - at;
    // A disk may have given the file its length before its bytes.
    if (left < HEAD || bytes.subarray(at).every((byte) => byte === 0))
      return { records, flaw: { kind: "truncated", at } };
    if (maskedCrc32c(bytes.subarray(at, at + 8)) !== view.getUint32(at + 8, true))
      return { records, flaw: { kind: "corrupt", at } };
    const length = Number(view.getBigUint64(at, true));
    if (length > left - HEAD - FOOT) return { records, flaw: { kind: "truncated", at } };
    const data = bytes.subarray(at + HEAD, at + HEAD + length);
    if (maskedCrc32c(data) !== view.getUint32(at + HEAD + length, true))
      return { records, flaw: { kind: "corrupt", at } };
    records.push(data);
    at += HEAD + length + FOOT;
  }
  return { records };
};

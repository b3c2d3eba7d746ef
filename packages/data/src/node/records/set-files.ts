import path from "node:path";
import type { RecordStore } from "../../finite/store.js";
import type { BadItem } from "../../pictures/item.js";

/** What is known of a set beside its records. */
export interface SetFacts {
  readonly shape: RecordStore["shape"];
  readonly values: "u8" | "f32";
  /** The names of classes, where they are known beside the captions. */
  readonly classes?: readonly string[];
  /** What was left out. */
  readonly bad: readonly BadItem[];
  readonly remarks: readonly string[];
}

/** The head of a stored set: `set.json`. */
export interface SetHead extends SetFacts {
  readonly version: typeof SET_VERSION;
  readonly key: string;
  readonly count: number;
  /** SHA-256 of hashes, texts, lengths and all else in the head. */
  readonly sha256: string;
  /** The seal of the records' file. */
  readonly seal: string;
}

/** Changes whenever the same files would be stored otherwise. */
export const SET_VERSION = 1;

/** The files of a set in its folder. */
export const setFiles = (folder: string) => ({
  head: path.join(folder, "set.json"),
  /** All records, one after the other. */
  records: path.join(folder, "records.bin"),
  /** SHA-256 of each. */
  hashes: path.join(folder, "hashes.bin"),
  /** Name and caption of each in UTF-8, one after the other. */
  texts: path.join(folder, "texts.bin"),
  /** Their lengths in bytes, little-endian 32-bit. */
  lengths: path.join(folder, "lengths.bin"),
});

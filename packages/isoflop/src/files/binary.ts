import { gunzipSync } from "node:zlib";
import { inputError } from "../exit.js";

/** Files that are no text, by how they begin, and what to do with them. */
const kinds: readonly (readonly [magic: string, what: string])[] = [
  ["PK\u0003\u0004", "a ZIP archive or a spreadsheet; unpack it, or save the sheet as CSV"],
  ["\u00d0\u00cf\u0011\u00e0", "a spreadsheet; save the sheet as CSV"],
  ["ARROW1", "an Arrow file; save it as Parquet or CSV"],
  ["FEA1", "a Feather file; save it as Parquet or CSV"],
  ["\u0089HDF", "an HDF5 file; save the table as Parquet or CSV"],
  ["SQLite format 3", "a SQLite database; save the table as CSV"],
  ["\u0028\u00b5\u002f\u00fd", "compressed with zstd; decompress it first"],
  ["BZh", "compressed with bzip2; decompress it first"],
  ["\u00fd7zXZ", "compressed with xz; decompress it first"],
];

/** Bytes in which a file that is no text shows it. */
const HEAD = 1024;

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * What a gzipped file holds; any other as it is.
 * @throws CliError for one that was cut short
 */
export const unpacked = (bytes: Uint8Array, name: string): Uint8Array => {
  if (!isGzip(bytes)) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw inputError(`${name} is not a whole gzip file: ${(error as Error).message}`);
  }
};

/** @throws CliError for a file that is no text, saying what it seems to be */
export const refuseBinary = (bytes: Uint8Array, name: string): void => {
  const head = Buffer.from(bytes.subarray(0, HEAD)).toString("latin1");
  const what = kinds.find(([magic]) => head.startsWith(magic))?.[1];
  if (what !== undefined) throw inputError(`${name} is ${what}`);
  if (head.includes("\u0000"))
    throw inputError(`${name} is a binary file; expected text, such as CSV, JSON or JSONL, or a Parquet file`);
};

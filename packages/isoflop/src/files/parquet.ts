import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { inputError } from "../exit.js";
import { printable } from "../words/printable.js";

import { statusOf } from "./status.js";

/** How a Parquet file begins, and ends. */
const MAGIC = "PAR1";

export const isParquet = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(MAGIC.length, bytes.length)).toString("latin1") === MAGIC;

/** JSON rows of the files that were decoded, by the digest of their bytes: whoever reads a table does so in one go. */
const decoded = new Map<string, string>();

/** The rows of a Parquet file as JSON; undefined for one that {@link decodeTables} was not given, such as standard input. */
export const parquetRows = (sha256: string): string | undefined => decoded.get(sha256);

/**
 * Decodes the Parquet files among those that a command is about to read, and in folders of tables.
 * @throws CliError naming a file that is not whole
 */
export const decodeTables = async (inputs: readonly (string | undefined)[]): Promise<void> => {
  for (const input of inputs) {
    for (const file of await parquetFilesAt(input)) {
      const bytes = readFileSync(file);
      decoded.set(createHash("sha256").update(bytes).digest("hex"), await rowsOf(bytes, file));
    }
  }
};

/** Whatever cannot be read is told where it is read. */
const parquetFilesAt = async (input: string | undefined): Promise<readonly string[]> => {
  if (input === undefined || input === "-") return [];
  try {
    const status = statusOf(input);
    if (status?.isFile()) return beginsAsParquet(input) ? [input] : [];
    if (!status?.isDirectory()) return [];
    const names = await readdir(input);
    return names.filter((name) => extname(name) === ".parquet").map((name) => join(input, name));
  } catch {
    return [];
  }
};

const beginsAsParquet = (file: string): boolean => {
  const fd = openSync(file, "r");
  try {
    const head = Buffer.alloc(MAGIC.length);
    readSync(fd, head, 0, MAGIC.length, 0);
    return isParquet(head);
  } finally {
    closeSync(fd);
  }
};

const rowsOf = async (bytes: Uint8Array, file: string): Promise<string> => {
  const [{ parquetReadObjects }, { compressors }] = await Promise.all([
    import("hyparquet"),
    import("hyparquet-compressors"),
  ]);
  try {
    const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer, compressors });
    return JSON.stringify(rows, (_, value: unknown) => plain(value));
  } catch (error) {
    throw inputError(`${printable(file)} is not a whole Parquet file: ${(error as Error).message}`);
  }
};

/** Values that JSON has no word for: integers of 64 bits, and numbers that are none. */
const plain = (value: unknown): unknown => {
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
};

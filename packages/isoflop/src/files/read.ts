import { createHash } from "node:crypto";
import { readFileSync, readSync } from "node:fs";
import { CliError, inputError, isMissing, reasonOf } from "../exit.js";
import { tableOfRuns } from "../runs/folder.js";
import { printable } from "../words/printable.js";
import { refuseBinary, unpacked } from "./binary.js";
import { isParquet, parquetRows } from "./parquet.js";
import { settle, statusOf } from "./status.js";

/** A file that was read, with what identifies it. */
export interface InputFile {
  /** As given; "-" is standard input. */
  readonly file: string;
  readonly sha256: string;
  /** Where it stands for several. */
  readonly files?: readonly InputFile[];
}

/**
 * Reads a text file, gzipped or not, standard input for "-", the runs of a folder as a table, or a Parquet file that was decoded.
 * @throws CliError for what cannot be read, or is no text
 */
export const readInput = (file: string): { readonly text: string; readonly origin: InputFile } => {
  const sha256Of = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");
  try {
    if (file !== "-" && statusOf(file)?.isDirectory()) {
      const text = tableOfRuns(file);
      return { text, origin: { file, sha256: sha256Of(text) } };
    }
    const bytes = file === "-" ? readStandardInput() : readFileSync(file);
    const origin = { file, sha256: sha256Of(bytes) };
    return { text: textOf(bytes, origin), origin };
  } catch (error) {
    throw error instanceof CliError ? error : inputError(`cannot read ${shown(file)}: ${reason(error)}`);
  }
};

const textOf = (bytes: Uint8Array, { file, sha256 }: InputFile): string => {
  if (isParquet(bytes)) {
    const rows = parquetRows(sha256);
    if (rows !== undefined) return rows;
    throw inputError(`${shown(file)} is a Parquet file; ${file === "-" ? "give it by its name" : "expected text"}`);
  }
  const text = unpacked(bytes, shown(file));
  const encoding = encodingOf(text);
  if (encoding === "utf-8") refuseBinary(text, shown(file));
  return new TextDecoder(encoding, { ignoreBOM: true }).decode(text);
};

/** Spreadsheets save "Unicode text" as UTF-16, which begins with its byte order mark. */
const encodingOf = (bytes: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
};

const CHUNK = 65_536;
/** Between two looks at a pipe that has nothing yet. */
const PATIENCE_MS = 10;

let standardInput: Buffer | undefined;

/** All of it, also from a pipe that whoever gave it has set not to block; once, however often it is asked for. */
const readStandardInput = (): Buffer => {
  standardInput ??= readWhole();
  return standardInput;
};

const readWhole = (): Buffer => {
  const chunks: Buffer[] = [];
  for (let chunk = nextChunk(); chunk === undefined || chunk.length > 0; chunk = nextChunk()) {
    if (chunk) chunks.push(chunk);
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PATIENCE_MS);
  }
  settle();
  return Buffer.concat(chunks);
};

/** Empty at the end; undefined where there is nothing yet. */
const nextChunk = (): Buffer | undefined => {
  const chunk = Buffer.allocUnsafe(CHUNK);
  try {
    return chunk.subarray(0, readSync(0, chunk));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EAGAIN") return undefined;
    // What Windows says at the end of a pipe.
    if (code === "EOF") return chunk.subarray(0, 0);
    throw error;
  }
};

/** Reads a JSON object. `what` says what it should be, for the error of one who gives something else. */
export const readRecord = (file: string, what: string): Readonly<Record<string, unknown>> => {
  const { text } = readInput(file);
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw inputError(`${shown(file)} is not JSON: ${(error as Error).message}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw inputError(`${shown(file)} is not ${what}`);
};

export const shown = (file: string): string => (file === "-" ? "standard input" : printable(file));

const reason = (error: unknown): string => (isMissing(error) ? "there is no such file" : reasonOf(error));

import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { inputError } from "../exit.js";
import { tableOfRuns } from "./folder.js";

/** A file that was read, with what identifies it. */
export interface InputFile {
  /** As given; "-" is standard input. */
  readonly file: string;
  readonly sha256: string;
}

/** Reads a text file, standard input for "-", or the runs of a folder as a table. */
export function readInput(file: string): { readonly text: string; readonly origin: InputFile } {
  const sha256Of = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");
  if (file !== "-" && statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    const text = tableOfRuns(file);
    return { text, origin: { file, sha256: sha256Of(text) } };
  }
  try {
    const bytes = file === "-" ? readStandardInput() : readFileSync(file);
    const sha256 = sha256Of(bytes);
    return { text: new TextDecoder(encodingOf(bytes), { ignoreBOM: true }).decode(bytes), origin: { file, sha256 } };
  } catch (error) {
    throw inputError(`cannot read ${shown(file)}: ${reason(error)}`);
  }
}

/** Spreadsheets save "Unicode text" as UTF-16, which begins with its byte order mark. */
function encodingOf(bytes: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
}

function readStandardInput(): Buffer {
  const bytes = readFileSync(0);
  // Node's realpathSync takes the file examined last for the one at hand, and stops at a pipe: links are then not followed and
  // a package that is loaded later is not found. Examining a plain file clears that.
  statSync(process.execPath);
  return bytes;
}

/** Reads a JSON object. `what` says what it should be, for the error of one who gives something else. */
export function readRecord(file: string, what: string): Readonly<Record<string, unknown>> {
  const { text } = readInput(file);
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw inputError(`${shown(file)} is not JSON: ${(error as Error).message}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw inputError(`${shown(file)} is not ${what}`);
}

export const shown = (file: string): string => (file === "-" ? "standard input" : file);

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
};

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return reasons[code ?? ""] ?? message;
}

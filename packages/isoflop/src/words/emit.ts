import { writeSync } from "node:fs";
import { CliError, exitCodes, reasonOf } from "../exit.js";
import { statusOf } from "../files/status.js";
import type { Words } from "./passage.js";
import { printableJson } from "./printable.js";
import { textOf } from "./text.js";

/**
 * Writes the one document, or what a person reads, to standard output.
 * @throws CliError `failed` when not all of it could be written to a reader who is still there
 */
export const emit = async (json: boolean | undefined, document: unknown, words: () => Words): Promise<void> => {
  await print(`${json ? await jsonOf(document) : textOf(words())}\n`);
};

const jsonOf = async (document: unknown): Promise<string> => {
  const { writeRecord } = await import("@isoflop/scaling");
  return printableJson(writeRecord(document));
};

/** Writes text to standard output. @throws CliError `failed` as {@link emit} does */
export const print = async (text: string): Promise<void> => {
  try {
    if (statusOf(process.stdout.fd)?.isFile()) writeWhole(process.stdout.fd, text);
    else await new Promise<void>((done, fail) => process.stdout.write(text, (error) => (error ? fail(error) : done())));
  } catch (error) {
    if (isClosed(error)) return;
    throw new CliError(exitCodes.failed, `cannot write standard output: ${reasonOf(error)}`, { cause: error });
  }
};

/** Whoever read it, such as `head`, has had enough: nobody misses the rest. */
export const isClosed = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "EPIPE";

/** The stream takes a part for the whole where a disk is nearly full. */
const writeWhole = (fd: number, text: string): void => {
  let rest: Uint8Array = Buffer.from(text);
  while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
};

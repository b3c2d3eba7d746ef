import { closeSync, lstatSync, openSync, readlinkSync, readSync, type Stats } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type FileReason, fileReason } from "@isoflop/sweep/files";
import { CliError, exitCodes, isMissing, usageError } from "../exit.js";
import { printable } from "../words/printable.js";
import { statusOf } from "./status.js";

export interface OutputChoices {
  /** The option that names the file. */
  readonly option: string;
  /** Files that are read; "-" is standard input. */
  readonly inputs: readonly (string | undefined)[];
  /** Whether a file begins as this program begins its own. */
  readonly isOurs: (head: string) => boolean;
  /** Replace a file that is not ours. */
  readonly force: boolean | undefined;
}

/** A file that may be written. */
export interface OutputFile {
  readonly path: string;
  /** Writes all of it or leaves what was there. @throws CliError saying why it cannot be written */
  write(content: string | Uint8Array): Promise<void>;
}

/** Bytes in which a file says who made it. */
const HEAD = 4096;

/**
 * A file to be written, checked before the work begins: it is none of the inputs under any of its names, and nothing is lost that this
 * program did not write itself.
 * @throws CliError `usage` saying which file is in the way
 */
export const outputFile = (path: string, { option, inputs, isOurs, force }: OutputChoices): OutputFile => {
  const there = lookedAt(path);
  const shown = printable(path);
  if (there?.isDirectory()) throw new CliError(exitCodes.input, `${option} ${shown} is a folder; expected a file`);
  if (there?.isFile()) {
    const read = inputs.find((input) => input !== undefined && isFile(there, input === "-" ? 0 : input));
    if (read !== undefined)
      throw usageError(
        `${option} is the input, ${read === "-" ? "standard input" : printable(read)}; name another file`,
      );
    if (isFile(there, 1)) throw usageError(`${option} is standard output, which has the tables; name another file`);
    if (!force && there.size > 0 && !isOurs(headOf(path)))
      throw usageError(`${option} ${shown} is a file that isoflop did not write; name another file or add --force`);
  }
  return {
    path,
    write: (content) => (there && !there.isFile() ? writeThrough(path, content) : replace(path, content)),
  };
};

const lookedAt = (path: string): Stats | undefined => {
  try {
    return statusOf(path);
  } catch (error) {
    throw unwritable(path, error);
  }
};

const isFile = ({ dev, ino }: Stats, other: string | number): boolean => {
  try {
    const status = statusOf(other);
    return status?.dev === dev && status.ino === ino;
  } catch {
    // What cannot be read is told where it is read.
    return false;
  }
};

const headOf = (path: string): string => {
  try {
    const fd = openSync(path, "r");
    try {
      const head = Buffer.alloc(HEAD);
      return head.toString("latin1", 0, readSync(fd, head, 0, HEAD, 0));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw unwritable(path, error);
  }
};

/** Into a device or a pipe, which is not to be replaced. */
const writeThrough = async (path: string, content: string | Uint8Array): Promise<void> => {
  try {
    await writeFile(path, content);
  } catch (error) {
    throw unwritable(path, error);
  }
};

/** Whoever opens the file sees the old one or the new one; a link goes on to point where it did. */
const replace = async (path: string, content: string | Uint8Array): Promise<void> => {
  // Loaded where it is needed: most commands write no file.
  const { removeAbandoned, writeAtomically } = await import("@isoflop/train/node");
  try {
    const target = linkedFrom(path);
    await writeAtomically(target, [content]);
    await removeAbandoned(target);
  } catch (error) {
    throw unwritable(path, error);
  }
};

/** More links than this lead round in a circle. */
const MOST_LINKS = 40;

/** The file that a chain of symbolic links names, whether or not it is there. */
const linkedFrom = (path: string): string => {
  let at = path;
  for (let i = 0; i < MOST_LINKS && lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink(); i++) {
    at = resolve(dirname(at), readlinkSync(at));
  }
  return at;
};

const unwritable = (path: string, error: unknown): CliError => {
  const { reason, advice, cannotBe }: FileReason = isMissing(error)
    ? { reason: "there is no such folder" }
    : (fileReason(error) ?? { reason: (error as Error).message });
  const said = `cannot write ${printable(path)}: ${reason}${advice === undefined ? "" : `; ${advice}`}`;
  return new CliError(cannotBe ? exitCodes.input : exitCodes.failed, said, { cause: error });
};

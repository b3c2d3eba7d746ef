import { SweepError } from "../errors.js";

/** What keeps a file from being read or written. */
export interface FileReason {
  readonly reason: string;
  /** What would help, if anything is known to. */
  readonly advice?: string;
  /** Whether no file can have the path, whatever folder is chosen. */
  readonly cannotBe?: true;
}

const another = "choose another folder";
const space = "free some, then run the same command again to go on";
const denied = { reason: "permission denied", advice: `change the rights, or ${another}` };
const tooMany = { reason: "too many files are open", advice: "raise the limit (ulimit -n)" };

/** By the system's code. */
const reasons: Readonly<Record<string, FileReason>> = {
  EACCES: denied,
  EPERM: denied,
  EROFS: { reason: "the file system is read-only", advice: another },
  ENOSPC: { reason: "no space is left on the disk", advice: space },
  EDQUOT: { reason: "the disk quota is used up", advice: space },
  EFBIG: { reason: "the file is larger than this file system allows", advice: another },
  ENOENT: { reason: "there is no such file or folder, or no longer", advice: `${another}, or run again` },
  ENOTDIR: { reason: "a part of the path is a file, not a folder", advice: another },
  EEXIST: { reason: "there is a file where a folder is needed", advice: another },
  EXDEV: { reason: "it lies on another file system than the folder it belongs to", advice: another },
  EMFILE: tooMany,
  ENFILE: tooMany,
  EPIPE: { reason: "whoever read it has closed it" },
  EIO: { reason: "the device failed", advice: "look at the system's log" },
  ESTALE: { reason: "the network share has changed or gone", advice: "run again" },
  EISDIR: { reason: "it is a folder, and a file is needed", advice: "choose another name", cannotBe: true },
  ELOOP: { reason: "links lead round in a circle", advice: "choose another name", cannotBe: true },
  ENAMETOOLONG: {
    reason: "the path is too long for this file system",
    advice: "choose names of at most 255 bytes",
    cannotBe: true,
  },
  ERR_INVALID_ARG_VALUE: { reason: "a path cannot hold a null byte", advice: "choose another one", cannotBe: true },
};

const shown = (path: string): string => (/\p{Cc}/u.test(path) ? JSON.stringify(path) : path);

/** An error of the file system in words; undefined for one that is none of its own, or that nobody foresaw. */
export const fileReason = (error: unknown): FileReason | undefined => {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return Object.hasOwn(reasons, code) ? reasons[code] : undefined;
};

/**
 * An error of the file system as one for a person: what is wrong, with which path, and what would help.
 * @param path what was worked on, for errors that do not name a path themselves
 * @returns a SweepError, `path` for a path that cannot be and else `store`; undefined for an error that is none of the file system's
 */
export const fileError = (error: unknown, path?: string): SweepError | undefined => {
  if (!(error instanceof Error) || error instanceof SweepError) return undefined;
  const { syscall, path: file = path } = error as NodeJS.ErrnoException;
  const unforeseen = syscall === undefined ? undefined : { reason: `the system refuses (${error.message})` };
  const known: FileReason | undefined = fileReason(error) ?? unforeseen;
  if (known === undefined) return undefined;
  const where = file === undefined ? "" : `: ${shown(file)}`;
  const advice = known.advice === undefined ? "" : `; ${known.advice}`;
  return new SweepError(known.cannotBe ? "path" : "store", known.reason + where + advice, { cause: error });
};

/** Does something with files. @throws SweepError `store` or `path` saying in one line what is in the way */
export const withFiles = async <T>(path: string, action: () => Promise<T>): Promise<T> => {
  try {
    return await action();
  } catch (error) {
    throw fileError(error, path) ?? error;
  }
};

/** An error's result for a file that is not there. */
export const ifMissing =
  <T>(fallback: T) =>
  (error: Error & { readonly code?: string }): T => {
    if (error.code === "ENOENT") return fallback;
    throw error;
  };

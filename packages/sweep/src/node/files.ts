import { SweepError } from "../errors.js";

const denied = "FILE: this user may not write there, or not read; change its rights or choose another folder";
const tooMany = "FILE: too many files are open; raise the limit (ulimit -n)";

/** What is wrong and what would help. FILE is the path that the system names, FOLDER what was worked on. */
const words: Readonly<Record<string, string>> = {
  EACCES: denied,
  EPERM: denied,
  EROFS: "the file system is read-only: FILE; choose another folder",
  ENOSPC: "FOLDER: no space is left on the disk; free some, then run again to go on",
  EDQUOT: "FOLDER: the disk quota is used up; free some space, then run again to go on",
  EFBIG: "FILE: the file is larger than this file system allows; choose another folder",
  ENOENT: "FILE: there is no such file or folder, or no longer; choose another folder, or run again",
  ENOTDIR: "FOLDER: a part of the path is a file, not a folder; choose another folder",
  EEXIST: "FILE: there is a file where a folder is needed; choose another folder",
  EISDIR: "FILE: there is a folder where a file is needed; choose another folder",
  ELOOP: "FILE: symbolic links lead round in a circle; choose another folder",
  EXDEV: "FILE: it lies on another file system than the folder it belongs to; choose another folder",
  EMFILE: tooMany,
  ENFILE: tooMany,
  EIO: "FILE: the disk failed; look at the system's log",
  ESTALE: "FILE: the network share has changed or gone; run again",
};

/** Paths that no file can have, whatever folder is chosen. */
const impossible: Readonly<Record<string, string>> = {
  ENAMETOOLONG: "FILE: the path, or a name in it, is longer than the file system allows; choose a shorter one",
  ERR_INVALID_ARG_VALUE: "FOLDER: a path cannot hold a null byte; choose another one",
};

const shown = (path: string): string => (/\p{Cc}/u.test(path) ? JSON.stringify(path) : path);

const wordsFor = (table: typeof words, code: string): string | undefined =>
  Object.hasOwn(table, code) ? table[code] : undefined;

/**
 * An error of the file system as one for a person: what is wrong, with which path, and what would help.
 * @param path what was worked on
 * @returns a SweepError, `path` for a path that cannot be and else `store`; undefined for an error that is none of the file system's
 */
export const fileError = (error: unknown, path: string): SweepError | undefined => {
  if (!(error instanceof Error) || error instanceof SweepError) return undefined;
  const { code = "", syscall, path: file = path } = error as NodeJS.ErrnoException;
  const cannotBe = wordsFor(impossible, code);
  const unforeseen = syscall === undefined ? undefined : `FOLDER: the system refuses (${error.message})`;
  const template = cannotBe ?? wordsFor(words, code) ?? unforeseen;
  if (template === undefined) return undefined;
  const message = template.replace(/FILE|FOLDER/, (name) => shown(name === "FILE" ? file : path));
  return new SweepError(cannotBe ? "path" : "store", message, { cause: error });
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
  (error: NodeJS.ErrnoException): T => {
    if (error.code === "ENOENT") return fallback;
    throw error;
  };

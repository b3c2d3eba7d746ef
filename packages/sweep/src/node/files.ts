import { SweepError, type SweepErrorCode } from "../errors.js";

/** What is wrong, and what would help. */
type Words = readonly [what: string, help: string];

const denied: Words = ["this user may not write there, or not read", "change its rights or choose another folder"];
const tooMany: Words = ["too many files are open", "raise the limit (ulimit -n)"];
const quota: Words = ["the disk quota is used up", "free some space, then run again to go on"];

const words: Readonly<Record<string, Words>> = {
  EACCES: denied,
  EPERM: denied,
  EROFS: ["the file system is read-only", "choose another folder"],
  ENOSPC: ["no space is left on the disk", "free some, then run again to go on"],
  EDQUOT: quota,
  EFBIG: ["the file is larger than this file system allows", "choose another folder"],
  ENOENT: ["there is no such file or folder, or no longer", "choose another folder, or run again"],
  ENOTDIR: ["a part of the path is a file, not a folder", "choose another folder"],
  EEXIST: ["there is a file where a folder is needed", "choose another folder"],
  EISDIR: ["there is a folder where a file is needed", "choose another folder"],
  ELOOP: ["symbolic links lead round in a circle", "choose another folder"],
  EXDEV: ["it lies on another file system than the folder it belongs to", "choose another folder"],
  EMFILE: tooMany,
  ENFILE: tooMany,
  EIO: ["the disk failed", "look at the system's log"],
  ESTALE: ["the network share has changed or gone", "run again"],
};

/** Paths that no file can have, whatever folder is chosen. */
const impossible: Readonly<Record<string, Words>> = {
  ENAMETOOLONG: ["the path, or a name in it, is longer than the file system allows", "choose a shorter one"],
  ERR_INVALID_ARG_VALUE: ["a path cannot hold a null byte", "choose another one"],
};

const shown = (path: string): string => (/\p{Cc}/u.test(path) ? JSON.stringify(path) : path);

/**
 * An error of the file system as one for a person: what is wrong, with which path, and what would help.
 * @param path what was worked on, where the error itself does not say
 * @returns a SweepError, `path` for a path that cannot be and else `store`; undefined for an error that is none of the file system's
 */
export const fileError = (error: unknown, path: string): SweepError | undefined => {
  if (!(error instanceof Error) || error instanceof SweepError) return undefined;
  const { code = "", syscall, path: own } = error as NodeJS.ErrnoException;
  const found = (table: typeof words): Words | undefined => (Object.hasOwn(table, code) ? table[code] : undefined);
  const named = (kind: SweepErrorCode, [what, help]: Words): SweepError =>
    new SweepError(kind, `${what}: ${shown(own ?? path)}; ${help}`, { cause: error });
  const cannotBe = found(impossible);
  if (cannotBe) return named("path", cannotBe);
  const known =
    found(words) ??
    (syscall === undefined ? undefined : ([`the system refuses (${error.message})`, "choose another folder"] as const));
  return known && named("store", known);
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

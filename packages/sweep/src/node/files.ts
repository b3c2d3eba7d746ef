import { SweepError } from "../errors.js";

const reasons: Readonly<Record<string, string>> = {
  EACCES: "this user may not write there; change the folder's rights or choose another folder",
  EPERM: "this user may not write there; change the folder's rights or choose another folder",
  EROFS: "the file system is read-only; choose another folder",
  ENOSPC: "no space is left on the disk; free some, then run again to go on",
  EDQUOT: "the disk quota is used up; free some space, then run again to go on",
  ENOTDIR: "a part of the path is a file, not a folder; choose another folder",
  EMFILE: "too many files are open; raise the limit (ulimit -n)",
};

/** Does something with files of a folder. @throws SweepError `store` saying in one line what is in the way */
export const withFiles = async <T>(folder: string, action: () => Promise<T>): Promise<T> => {
  try {
    return await action();
  } catch (error) {
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? ""];
    if (reason === undefined) throw error;
    throw new SweepError("store", `${folder}: ${reason}`, { cause: error });
  }
};

/** An error's result for a file that is not there. */
export const ifMissing =
  <T>(fallback: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === "ENOENT") return fallback;
    throw error;
  };

import { lstat, mkdir } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

/** Where this system keeps the caches of this user. */
const userCaches = (): string => {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (XDG_CACHE_HOME !== undefined && path.isAbsolute(XDG_CACHE_HOME)) return XDG_CACHE_HOME;
  const home = os.homedir();
  if (process.platform === "win32") return LOCALAPPDATA ?? path.join(home, "AppData", "Local");
  return process.platform === "darwin" ? path.join(home, "Library", "Caches") : path.join(home, ".cache");
};

/**
 * A folder of `isoflop` among this user's caches, `drawings` if not told, made (for nobody else to read) where it is missing.
 * @throws Error when it cannot be made, or when another user could write to it
 */
export const ownCacheFolder = async (name = "drawings"): Promise<string> => {
  const caches = userCaches();
  const folder = path.join(caches, "isoflop", name);
  for (const part of [caches, path.dirname(folder), folder])
    await mkdir(part, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  const found = await lstat(folder);
  if (!found.isDirectory()) throw new Error(`${folder} is not a folder, or a link to one`);
  if (!isOwn(found)) throw new Error(`${folder} belongs to another user`);
  // Windows has no such bits; there a user's own folders are closed to others by their place.
  if (process.platform !== "win32" && (found.mode & 0o022) !== 0)
    throw new Error(`${folder} can be written by other users: chmod 700 ${folder}`);
  return folder;
};

/** Whether a file is this user's. Windows does not say. */
export const isOwn = ({ uid }: { readonly uid: number }): boolean =>
  process.getuid === undefined || uid === process.getuid();

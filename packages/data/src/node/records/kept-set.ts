import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { ownCacheFolder } from "../own-folder.js";
import { readSet, type StoredSet } from "./read-set.js";
import { type SetFacts, setFiles } from "./set-files.js";
import { type SetWriter, writeSet } from "./write-set.js";

/** Where sets are kept, and what this one depends on. */
export interface KeptSet {
  /** A folder that the caller trusts; if not given, `isoflop/sets` among this user's caches. */
  readonly folder?: string | undefined;
  /** A name, of letters and digits, for all that the records depend on. */
  readonly key: string;
  write(writer: SetWriter): Promise<SetFacts>;
}

/**
 * The set that is kept under a key, or else a written one. Others see no set or the whole of it, also when the process is killed or
 * two write at once. @throws what `write` throws, with nothing left behind; Error when the folder cannot be used
 */
export const keptSet = async ({ folder: named, key, write }: KeptSet): Promise<StoredSet> => {
  const folder = named ?? (await ownSets());
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const place = path.join(folder, key);
  const stored = await readSet(place, key);
  if (stored) return stored;
  await removeHalves(folder);
  const half = path.join(folder, `${key}.${randomUUID()}${HALF}`);
  try {
    await writeSet(half, key, write);
    await putInPlace(half, place, key);
  } catch (error) {
    throw explained(error, folder);
  } finally {
    await rm(half, { recursive: true, force: true });
  }
  const made = await readSet(place, key);
  if (made === undefined) throw new Error(`${place} was changed while it was written; run the same again`);
  return made;
};

const ownSets = (): Promise<string> =>
  ownCacheFolder("sets").catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `decoded images are kept among your caches: ${reason}; or set XDG_CACHE_HOME to a folder of your own`,
      {
        cause,
      },
    );
  });

/** What lies there is not whole, or is what another process has written meanwhile. */
const putInPlace = async (half: string, place: string, key: string): Promise<void> => {
  const moved = await rename(half, place).then(
    () => true,
    () => false,
  );
  if (moved || (await readSet(place, key))) return;
  await rm(place, { recursive: true, force: true });
  await rename(half, place);
};

const explained = (error: unknown, folder: string): unknown => {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  return new Error(
    `no space is left for decoded images in ${folder}; free some (all that lies there can be deleted), or set XDG_CACHE_HOME to a folder on a larger disk`,
    { cause: error },
  );
};

const HALF = ".half";
/** No process has been writing for so long. */
const LONG_AGO = 24 * 3_600_000;

/** Removes what processes that were killed had begun to write. */
const removeHalves = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(HALF)) continue;
    const half = path.join(folder, name);
    const written = await stat(setFiles(half).records).catch(() => undefined);
    if (written && Date.now() - written.mtimeMs > LONG_AGO) await rm(half, { recursive: true, force: true });
  }
};

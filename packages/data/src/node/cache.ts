import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { decodeSheet, encodeSheet } from "../sprites/encoding.js";
import type { SpriteSheet } from "../sprites/sheet.js";
import { isOwn, ownCacheFolder } from "./own-folder.js";

export interface SheetCache {
  /** A folder that the caller trusts, undefined for one of this user's own, null for no cache. */
  readonly folder: string | null | undefined;
  /** A name for all that the drawings depend on. */
  readonly key: string;
  /** The sheet of these pixels; all else in it, digest included, is known or computed here. */
  sheetOf(pixels: Uint8Array): SpriteSheet;
  draw(): Promise<Uint8Array>;
}

/**
 * The sheet stored under the key, or else a drawn one, which is then stored. What is stored counts only if it is, byte for
 * byte, the encoding of the sheet of its pixels: a file that is cut short, damaged or of something else is drawn anew.
 * @throws Error when a folder that the caller named cannot be written
 */
export const cachedSheet = async ({ folder: named, key, sheetOf, draw }: SheetCache): Promise<SpriteSheet> => {
  const folder = named === undefined ? await ownCacheFolder().catch(goOnWithout) : named;
  if (folder === null) return sheetOf(await draw());
  const file = path.join(folder, `${key}.sheet`);
  const stored = await read(file, named === undefined).catch(() => undefined);
  const known = stored && restored(stored, sheetOf);
  if (known) return known;
  const sheet = sheetOf(await draw());
  await writeAtomically(file, encodeSheet(sheet)).catch((cause: unknown) => {
    if (named === undefined) return goOnWithout(cause);
    const refused = `sprite cache: cannot write to ${folder} (${reasonOf(cause)})`;
    throw new Error(`${refused}; pass a writable cacheFolder, or null`, { cause });
  });
  return sheet;
};

const restored = (stored: Uint8Array, sheetOf: SheetCache["sheetOf"]): SpriteSheet | undefined => {
  try {
    const sheet = sheetOf(decodeSheet(stored).pixels);
    return Buffer.compare(encodeSheet(sheet), stored) === 0 ? sheet : undefined;
  } catch {
    // No sheet, or the pixels of another.
    return undefined;
  }
};

let said = false;

/** Says once that there is no cache. */
const goOnWithout = (cause: unknown): null => {
  const advice = "set XDG_CACHE_HOME to a folder of your own";
  if (!said) process.emitWarning(`drawings are not kept, but drawn each time: ${reasonOf(cause)}; ${advice}`);
  said = true;
  return null;
};

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** The bytes of a file that is no link and, where `own`, this user's. */
const read = async (file: string, own: boolean): Promise<Uint8Array | undefined> => {
  // Windows has no such flag.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const found = await handle.stat();
    return found.isFile() && (!own || isOwn(found)) ? await handle.readFile() : undefined;
  } finally {
    await handle.close();
  }
};

const HALF = /\.sheet\.[0-9a-f-]{36}\.tmp$/;
const LONGEST_WRITE = 3_600_000;

/** Readers see the old file or the whole new one, also when the process is killed or two write at once. */
const writeAtomically = async (file: string, bytes: Uint8Array): Promise<void> => {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, bytes, { flag: "wx", mode: 0o600, flush: true });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await removeHalves(folder);
};

/** Removes what processes that were killed had begun to write, once that was long ago. */
const removeHalves = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    if (!HALF.test(name)) continue;
    const half = path.join(folder, name);
    const written = await stat(half).catch(() => undefined);
    if (written && Date.now() - written.mtimeMs > LONGEST_WRITE) await rm(half, { force: true });
  }
};

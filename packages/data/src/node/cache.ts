import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { decodeSheet, encodeSheet } from "../sprites/encoding.js";
import type { SpriteSheet } from "../sprites/sheet.js";

/** `node_modules/.cache/isoflop-data` beside the nearest package.json, or in the system's temporary folder. */
export function defaultCacheFolder(): string {
  for (let folder = process.cwd(); ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, "package.json")))
      return path.join(folder, "node_modules", ".cache", "isoflop-data");
    if (folder === path.dirname(folder)) return path.join(os.tmpdir(), "isoflop-data");
  }
}

/**
 * The sheet stored under `key`, or else a built one, which is then stored. A file that is cut short or damaged is built anew.
 * @param folder null for no cache
 */
export async function cachedSheet(
  folder: string | null,
  key: string,
  build: () => Promise<SpriteSheet>,
): Promise<SpriteSheet> {
  if (folder === null) return build();
  const file = path.join(folder, `${key}.sheet`);
  const stored = await readFile(file).catch(() => undefined);
  if (stored !== undefined) {
    try {
      return decodeSheet(stored);
    } catch {
      // Damaged: the checksum has told, and the new file takes its place.
    }
  }
  const sheet = await build();
  await writeAtomically(file, encodeSheet(sheet)).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`sprite cache: cannot write to ${folder} (${reason}); pass a writable cacheFolder, or null`, {
      cause,
    });
  });
  return sheet;
}

/** Readers see the old file or the whole new one, also when the process is killed or two write at once. */
async function writeAtomically(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

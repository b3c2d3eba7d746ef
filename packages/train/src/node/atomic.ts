import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import path from "node:path";

/** Makes names in a folder survive a power cut. Not every system lets one open a folder; there renames are as safe as they get. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
};

/**
 * Writes a file so that at every moment either the old file or the whole new one is there: to a temporary name in the
 * same folder, flushed to disk, then renamed. The temporary file is removed when writing fails.
 */
export const writeAtomically = async (file: string, chunks: Iterable<Uint8Array | string>): Promise<void> => {
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    const handle = await open(temporary, "wx");
    try {
      for (const chunk of chunks) await handle.writeFile(chunk);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  await syncFolder(path.dirname(file));
};

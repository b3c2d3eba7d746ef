import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";

/** Makes names in a folder survive a power cut. Not every system lets one open a folder; there renames are as safe as they get. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
};

const FORM = /^(.+)\.(\d+)\.[0-9a-f]+\.tmp$/;

/** A name in a file's own folder that nobody else has. */
const temporaryBeside = (file: string): string => `${file}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`;

/**
 * Writes a file so that at every moment either the old file or the whole new one is there: to a temporary name, which
 * must be new, flushed to disk, then renamed. The new file has the rights of the old one. The temporary file is removed when
 * writing fails.
 * @param temporary a path on the same file system; beside the file if not given
 */
export const writeAtomically = async (
  file: string,
  chunks: Iterable<Uint8Array | string>,
  temporary: string = temporaryBeside(file),
): Promise<void> => {
  const rights = await stat(file).then(
    ({ mode }) => mode & 0o777,
    () => undefined,
  );
  const handle = await open(temporary, "wx", rights);
  try {
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

/**
 * Removes the temporary files that a killed process left while it wrote files whose names match. For who alone writes
 * to the folder: a file that is being written cannot be told from one that was.
 */
export const removeTemporaries = async (folder: string, names: RegExp): Promise<void> => {
  for (const name of await listFolder(folder)) {
    const target = FORM.exec(name)?.[1];
    if (target !== undefined && names.test(target)) await rm(path.join(folder, name), { force: true });
  }
};

/** A file is written in less: a temporary file that is older belongs to nobody, whatever runs under its number. */
const LONGEST_MS = 60_000;

/** Removes the temporary files that killed processes left while they wrote this file. Those of the living stay. */
export const removeAbandoned = async (file: string): Promise<void> => {
  const folder = path.dirname(file);
  for (const name of await listFolder(folder)) {
    const [, target, writer] = FORM.exec(name) ?? [];
    if (target !== path.basename(file)) continue;
    const left = path.join(folder, name);
    const written = await stat(left).catch(() => undefined);
    const old = written !== undefined && Date.now() - written.mtimeMs > LONGEST_MS;
    if (old || !isRunning(Number(writer))) await rm(left, { force: true });
  }
};

const isRunning = (id: number): boolean => {
  try {
    return process.kill(id, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

/** The names in a folder; none if there is no folder. */
export const listFolder = (folder: string): Promise<readonly string[]> =>
  readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });

/**
 * Makes a folder and those that it lies in, where they are missing, whoever else makes them meanwhile. Node's own does not end where a parent refuses
 * with ENOENT, and hides why others refuse.
 */
export const makeFolder = async (folder: string): Promise<void> => {
  const at = path.resolve(folder);
  const parent = path.dirname(at);
  try {
    await mkdir(at);
  } catch (error) {
    if (await isFolder(at)) return;
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || parent === at) throw error;
    if (!(await isFolder(parent))) await makeFolder(parent);
    // The parent is there by now, perhaps by somebody else: what still refuses is no place for folders.
    await mkdir(at).catch(async (refusal: unknown) => {
      if (!(await isFolder(at))) throw refusal;
    });
  }
};

const isFolder = (at: string): Promise<boolean> =>
  stat(at).then(
    (found) => found.isDirectory(),
    () => false,
  );

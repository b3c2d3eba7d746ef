import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type FigureFormat, type WriteFile, writeFigures } from "./formats.js";

/**
 * Whoever opens the file while it is written again sees the old one or the new one, never half of one; where it cannot be written,
 * nothing is left beside it.
 */
export const replace: WriteFile = async (path, content) => {
  const next = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(next, content);
    await rename(next, path);
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
};

/** What {@link replace} leaves where its process is killed. */
const leftover = /^(?:report\.html|[\w-]+\.(?:svg|png|pdf|csv))\.(\d+)\.tmp$/;
/** A file is written in less than this: an older one belongs to nobody, whatever runs under its number. */
const LONGEST_MS = 60_000;

const removeLeftovers = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    const owner = leftover.exec(name)?.[1];
    if (owner === undefined) continue;
    const path = join(folder, name);
    const written = await stat(path).catch(() => undefined);
    if (!written) continue;
    if (Date.now() - written.mtimeMs > LONGEST_MS || !isRunning(Number(owner))) await rm(path, { force: true });
  }
};

const isRunning = (id: number): boolean => {
  try {
    return process.kill(id, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
};

/** A page with its figures, as SVG text, and their numbers, as CSV text, by file name without ending. */
export interface WrittenPage {
  readonly page: string;
  readonly figures: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
}

export interface WritePageOptions {
  /** How a file is put in place. Default: beside it first, then by a rename. */
  readonly write?: WriteFile;
  /** Of the figures. Default: SVG and PNG. */
  readonly formats?: readonly FigureFormat[];
}

/**
 * Puts a page and its figures in a folder.
 * @returns the paths written.
 */
export const writePage = async (
  folder: string,
  { page, figures, data }: WrittenPage,
  { write = replace, formats = ["svg", "png"] }: WritePageOptions,
): Promise<string[]> => {
  await mkdir(join(folder, "figures"), { recursive: true });
  for (const place of [folder, join(folder, "figures")]) await removeLeftovers(place);
  const report = join(folder, "report.html");
  await write(report, page);
  const paths = [report, ...(await writeFigures(figures, join(folder, "figures"), formats, write))];
  for (const name of Object.keys(figures)) {
    if (data[name] === undefined) continue;
    const path = join(folder, "figures", `${name}.csv`);
    await write(path, data[name]);
    paths.push(path);
  }
  return paths;
};

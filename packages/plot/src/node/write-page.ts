import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { renderPng } from "./png.js";

/** Puts a whole file in place. */
export type Write = (path: string, content: string | Uint8Array) => Promise<void>;

/**
 * Whoever opens the file while it is written again sees the old one or the new one, never half of one; where it cannot be written,
 * nothing is left beside it.
 */
export const replace: Write = async (path, content) => {
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
const leftover = /^(?:report\.html|[\w-]+\.(?:svg|png|csv))\.(\d+)\.tmp$/;
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

/**
 * Puts a page and its figures in a folder.
 * @returns the paths written.
 */
export const writePage = async (
  folder: string,
  { page, figures, data }: WrittenPage,
  write: Write,
): Promise<string[]> => {
  await mkdir(join(folder, "figures"), { recursive: true });
  for (const place of [folder, join(folder, "figures")]) await removeLeftovers(place);
  const paths: string[] = [];
  const put = async (name: string, content: string | Uint8Array): Promise<void> => {
    const path = join(folder, name);
    await write(path, content);
    paths.push(path);
  };
  await put("report.html", page);
  for (const [name, svg] of Object.entries(figures)) {
    await put(join("figures", `${name}.svg`), svg);
    await put(join("figures", `${name}.png`), renderPng(svg));
    if (data[name] !== undefined) await put(join("figures", `${name}.csv`), data[name]);
  }
  return paths;
};

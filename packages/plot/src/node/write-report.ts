import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { allFigures } from "../study/figures.js";
import { renderReport } from "../study/report.js";
import type { DrawnStudy } from "../study/study.js";
import { document } from "./document.js";
import { type FigureFormat, type WriteFile, writeFigures } from "./formats.js";

/**
 * Whoever opens the file while it is written again sees the old one or the new one, never half of one; where it cannot be written,
 * nothing is left beside it.
 */
const replace = async (path: string, content: string | Uint8Array): Promise<void> => {
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
const leftover = /^(?:report\.html|[\w-]+\.(?:svg|png|pdf))\.(\d+)\.tmp$/;
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

export interface WriteReportOptions {
  /** How a file is put in place. Default: beside it first, then by a rename. */
  readonly write?: WriteFile;
  /** Of the figures. Default: SVG and PNG. */
  readonly formats?: readonly FigureFormat[];
}

/**
 * Writes `report.html` and every figure below `figures/` in `folder`.
 * @returns the paths written.
 * @throws PlotInputError before anything is written, when the study cannot be drawn.
 */
export const writeReport = async (
  study: DrawnStudy,
  folder: string,
  { write = replace, formats = ["svg", "png"] }: WriteReportOptions = {},
): Promise<string[]> => {
  const report = renderReport(study, { document });
  const figures = allFigures(study, { document });
  await mkdir(join(folder, "figures"), { recursive: true });
  for (const place of [folder, join(folder, "figures")]) await removeLeftovers(place);
  const page = join(folder, "report.html");
  await write(page, report);
  return [page, ...(await writeFigures(figures, join(folder, "figures"), formats, write))];
};

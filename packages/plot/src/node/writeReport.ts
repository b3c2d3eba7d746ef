import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { allFigures } from "../figures/all.js";
import type { ReportOptions } from "../report/figures.js";
import { renderReport } from "../report/renderReport.js";
import type { Study } from "../study/types.js";
import { document } from "./document.js";
import { renderPng } from "./png.js";

/** Whoever opens the file while it is written again sees the old one or the new one, never half of one. */
async function replace(path: string, content: string | Uint8Array): Promise<string> {
  const next = `${path}.${process.pid}.tmp`;
  await writeFile(next, content);
  await rename(next, path);
  return path;
}

/**
 * Writes `report.html` and every figure, as SVG and as PNG, below `figures/` in `folder`.
 * @returns the paths written.
 * @throws PlotInputError before anything is written, when the study cannot be drawn.
 */
export async function writeReport(
  study: Study,
  folder: string,
  options: Omit<ReportOptions, "document"> = {},
): Promise<string[]> {
  const report = renderReport(study, { ...options, document });
  const figures = Object.entries(allFigures(study, { ...options, document }));
  await mkdir(join(folder, "figures"), { recursive: true });
  const paths = [await replace(join(folder, "report.html"), report)];
  for (const [name, svg] of figures) {
    paths.push(await replace(join(folder, "figures", `${name}.svg`), svg));
    paths.push(await replace(join(folder, "figures", `${name}.png`), renderPng(svg)));
  }
  return paths;
}

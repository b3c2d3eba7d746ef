import { allFigureData, allFigures } from "../study/figures.js";
import { renderReport } from "../study/report.js";
import type { DrawnStudy } from "../study/study.js";
import { document } from "./document.js";
import { replace, type Write, writePage } from "./write-page.js";

export interface WriteReportOptions {
  /** How a file is put in place. Default: beside it first, then by a rename. */
  readonly write?: Write;
}

/**
 * Writes `report.html` and every figure, as SVG, as PNG and as the CSV of its numbers, below `figures/` in `folder`.
 * @returns the paths written.
 * @throws PlotInputError before anything is written, when the study cannot be drawn.
 */
export const writeReport = async (
  study: DrawnStudy,
  folder: string,
  { write = replace }: WriteReportOptions = {},
): Promise<string[]> => {
  const page = renderReport(study, { document });
  return writePage(folder, { page, figures: allFigures(study, { document }), data: allFigureData(study) }, write);
};

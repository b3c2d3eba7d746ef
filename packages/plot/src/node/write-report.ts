import { allFigureData, allFigures } from "../study/figures.js";
import { renderReport } from "../study/report.js";
import type { DrawnStudy } from "../study/study.js";
import { document } from "./document.js";
import { type WritePageOptions, writePage } from "./write-page.js";

export interface WriteReportOptions extends WritePageOptions {}

/**
 * Writes `report.html` and every figure, as SVG, as PNG and as the CSV of its numbers, below `figures/` in `folder`.
 * @returns the paths written.
 * @throws PlotInputError before anything is written, when the study cannot be drawn.
 */
export const writeReport = async (
  study: DrawnStudy,
  folder: string,
  options: WriteReportOptions = {},
): Promise<string[]> => {
  const page = renderReport(study, { document });
  return writePage(folder, { page, figures: allFigures(study, { document }), data: allFigureData(study) }, options);
};

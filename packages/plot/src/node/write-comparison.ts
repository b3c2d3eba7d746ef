import type { ComparisonSummary } from "../comparison/record.js";
import { comparisonFiles, renderComparison } from "../comparison/report.js";
import { document } from "./document.js";
import { writePage } from "./write-page.js";
import type { WriteReportOptions } from "./write-report.js";

/**
 * Writes the `report.html` of a study of several arms and every figure, as SVG, as PNG and as the CSV of its numbers, below `figures/` in
 * `folder`. The report of each arm is written by itself, in the folder that the arm names.
 * @returns the paths written.
 * @throws PlotInputError before anything is written, when the study cannot be drawn.
 */
export const writeComparison = async (
  study: ComparisonSummary,
  folder: string,
  options: WriteReportOptions = {},
): Promise<string[]> => {
  const page = renderComparison(study, { document });
  return writePage(folder, { page, ...comparisonFiles(study, { document }) }, options);
};

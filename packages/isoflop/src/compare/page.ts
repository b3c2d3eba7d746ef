import { comparisonFigure, computeRatioFigure } from "@isoflop/plot";
import type { Comparison } from "@isoflop/scaling";
import type { Page } from "../page/page.js";

/** Both curves with what they were fitted to, the crossing and the effective compute; and the latter along compute. */
export const comparisonPage = (comparison: Comparison): Page => {
  const reached = comparison.ratios.some(({ value }) => value > 0 && Number.isFinite(value));
  return { title: "Two laws", figures: [comparisonFigure(comparison), reached && computeRatioFigure(comparison)] };
};

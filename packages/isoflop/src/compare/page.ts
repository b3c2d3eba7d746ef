import { comparisonFigure } from "@isoflop/plot";
import type { LawComparison } from "@isoflop/scaling";
import type { Page } from "../page/page.js";

/** Both laws with their data, the crossing and the effective compute at every compute asked. */
export const comparisonPage = (comparison: LawComparison): Page => ({
  title: "Two laws",
  figures: [comparisonFigure(comparison)],
});

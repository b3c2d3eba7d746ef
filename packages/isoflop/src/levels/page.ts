import { levelSumsFigure, levelsFigure } from "@isoflop/plot";
import type { NoiseLevels } from "@isoflop/scaling";
import type { Page } from "../page/page.js";

/** Floor and exponent against the time, and the laws of the sums side by side. */
export const levelsPage = (levels: NoiseLevels): Page => ({
  title: "Laws by noise level",
  figures: [levels.levels.some(({ fit }) => fit.ok) && levelsFigure(levels), levels.sums.ok && levelSumsFigure(levels)],
});

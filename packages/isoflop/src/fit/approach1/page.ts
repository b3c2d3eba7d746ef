import { approach1Figure, approach1LawsFigure } from "@isoflop/plot";
import type { Approach1, FitPrediction } from "@isoflop/scaling";
import type { Page } from "../../page/page.js";

/** The curves with their envelope, and the laws through it; a refused fit has only its words. */
export const approach1Page = (fit: Approach1 | undefined): Page => ({
  title: "Envelope of training curves",
  figures: fit ? [approach1Figure(fit), approach1LawsFigure(fit)] : [],
});

/** The laws with what was asked of them. */
export const approach1Asked = (fit: Approach1, asked: readonly FitPrediction[]): Page["figures"] => [
  approach1LawsFigure(fit, { asked }),
];

import { type LawNames, lawFigure, lawResidualsFigure } from "@isoflop/plot";
import type { FitPrediction, LawFit } from "@isoflop/scaling";
import type { Page } from "../../page/page.js";

/** Fewer residuals than this are read from the law itself. */
const RESIDUALS = 5;

/** The law with its data and, from five points on, its residuals; a refused fit has only its words. */
export const lawPage = (fit: LawFit | undefined, names: LawNames): Page => ({
  title: `${names.y} against ${names.x}`,
  figures: fit
    ? [lawFigure(fit.law, fit.data, { names }), fit.data.x.length >= RESIDUALS && lawResidualsFigure(fit, names)]
    : [],
});

/** The law with what was asked of it. */
export const lawAsked = ({ law, data }: LawFit, asked: readonly FitPrediction[]): Page["figures"] => [
  lawFigure(law, data, { asked: asked as readonly FitPrediction<"x", "y">[] }),
];

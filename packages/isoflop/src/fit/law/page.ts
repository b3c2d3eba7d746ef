import { type LawNames, lawFigure, lawResidualsFigure } from "@isoflop/plot";
import type { LawFit } from "@isoflop/scaling";
import type { Page } from "../../page/page.js";
import type { SavedFit } from "../saved.js";

/** Fewer residuals than this are read from the law itself. */
const RESIDUALS = 5;

/** The law with its data and, from five points on, its residuals; a refused fit has only its words. */
export const lawPage = ({ fit }: SavedFit<LawFit>, names: LawNames): Page => ({
  title: `${names.y} against ${names.x}`,
  figures: fit
    ? [lawFigure(fit.law, fit.data, { names }), fit.data.x.length >= RESIDUALS && lawResidualsFigure(fit, names)]
    : [],
});

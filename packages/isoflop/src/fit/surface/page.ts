import { allocationFigure, residualsFigure, surfaceFigure } from "@isoflop/plot";
import type { SurfaceFit } from "@isoflop/scaling";
import type { Page } from "../../page/page.js";
import { type LoadedRuns, ofQuantity } from "../../runs/load.js";
import { LOSS } from "../../words/quantity.js";
import type { SavedFit } from "../saved.js";

/** The contours with the runs, the residuals and the laws of the optimum; a refused fit has only its words. */
export const surfacePage = (loaded: LoadedRuns, { fit }: SavedFit<SurfaceFit>): Page => {
  if (!fit) return { title: "Surface", figures: [] };
  const { runs } = ofQuantity(loaded, fit.quantity);
  return {
    title: `${fit.quantity === LOSS ? "Loss" : fit.quantity} surface`,
    figures: [surfaceFigure(fit, runs), residualsFigure(fit, runs), fit.allocation && allocationFigure(fit, runs)],
  };
};

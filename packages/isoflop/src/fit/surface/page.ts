import { allocationFigure, residualsFigure, surfaceFigure } from "@isoflop/plot";
import type { FitPrediction, SurfaceFit } from "@isoflop/scaling";
import type { Page } from "../../page/page.js";
import { type LoadedRuns, ofQuantity } from "../../runs/load.js";
import { LOSS } from "../../words/quantity.js";

/** The contours with the runs, the residuals and the laws of the optimum; a refused fit has only its words. */
export const surfacePage = (loaded: LoadedRuns, fit: SurfaceFit | undefined): Page => {
  if (!fit) return { title: "Surface", figures: [] };
  const { runs } = ofQuantity(loaded, fit.quantity);
  return {
    title: `${fit.quantity === LOSS ? "Loss" : fit.quantity} surface`,
    figures: [surfaceFigure(fit, runs), residualsFigure(fit, runs), fit.allocation && allocationFigure(fit, runs)],
  };
};

/** The surface and the laws of its optimum with what was asked of them, and the runs where a table was given. */
export const surfaceAsked = (
  fit: SurfaceFit,
  asked: readonly FitPrediction[],
  loaded: LoadedRuns | undefined,
): Page["figures"] => {
  const runs = loaded ? ofQuantity(loaded, fit.quantity).runs : [];
  // Models of another size, or on repeated data, are not on the laws of the optimum.
  const optimal = asked.filter(({ given }) => Object.keys(given).join() === "C");
  return [
    surfaceFigure(fit, runs, { asked }),
    fit.allocation && optimal.length > 0 && allocationFigure(fit, runs, { asked: optimal }),
  ];
};

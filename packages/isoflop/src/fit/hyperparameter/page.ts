import { basinFigure, hyperparameterFigure } from "@isoflop/plot";
import type { FitPrediction, HyperparameterFit } from "@isoflop/scaling";
import type { Page } from "../../page/page.js";

/** The laws with the optima, and every run in its basin; a refused fit has only its words. */
export const hyperparameterPage = (fit: HyperparameterFit | undefined): Page => ({
  title: fit ? `Best ${Object.keys(fit.laws).join(", ")}` : "Hyperparameters",
  figures: fit
    ? [...Object.keys(fit.laws).map((name) => hyperparameterFigure(fit, name)), fit.sensitivity && basinFigure(fit)]
    : [],
});

/** The laws with what was asked of them. */
export const hyperparameterAsked = (fit: HyperparameterFit, asked: readonly FitPrediction[]): Page["figures"] =>
  Object.keys(fit.laws).map((name) => hyperparameterFigure(fit, name, { asked }));

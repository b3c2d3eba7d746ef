import { allocationFigure, lawFigure, lawsFigure, surfaceFigure } from "@isoflop/plot";
import type { FitPrediction, Run, SurfaceFit } from "@isoflop/scaling";
import type { Fit } from "../fit/saved.js";
import type { Page } from "../page/page.js";
import { type LoadedRuns, ofQuantity } from "../runs/load.js";
import { LOSS } from "../words/quantity.js";

type Figures<F extends Fit> = (fit: F, asked: readonly FitPrediction[], runs: readonly Run[]) => Page["figures"];

/** Models of another size are not on the laws of the optimum. */
const optimaAt = (fit: SurfaceFit, asked: readonly FitPrediction[], runs: readonly Run[]) => {
  const optimal = asked.filter(({ given }) => given.C !== undefined && given.N === undefined);
  return fit.allocation && optimal.length > 0 && allocationFigure(fit, runs, { asked: optimal });
};

const figures: { readonly [F in Fit as F["record"]]: Figures<F> } = {
  isoflop: (fit, asked) => [lawsFigure(fit, { asked })],
  surface: (fit, asked, runs) => [surfaceFigure(fit, runs, { asked }), optimaAt(fit, asked, runs)],
  law: ({ law, data }, asked) => [lawFigure(law, data, { asked })],
};

/** The fit with the questions asked of it; the runs of a surface are drawn where a table was given. */
export const predictionPage = (
  fit: Fit | undefined,
  asked: readonly FitPrediction[],
  loaded: LoadedRuns | undefined,
): Page => {
  const [{ quantity = LOSS } = {}] = asked;
  const runs = loaded ? ofQuantity(loaded, quantity).runs : [];
  return { title: "Prediction", figures: fit ? (figures[fit.record] as Figures<Fit>)(fit, asked, runs) : [] };
};

import { residualsFigure, rollOutErrorsFigure, rollOutFigure, surfaceFigure } from "@isoflop/plot";
import type { FitPrediction, RollOut } from "@isoflop/scaling";
import type { Page } from "../../page/page.js";
import { type LoadedRuns, ofQuantity } from "../../runs/load.js";

/** The form that carries the most weight. */
const heaviest = ({ forms }: RollOut) => forms.reduce((a, b) => (b.weight > a.weight ? b : a)).fit;

/** What every form says of the optimum and said of the runs that were held out, and the heaviest of them. */
export const rollOutPage = (loaded: LoadedRuns, fit: RollOut | undefined): Page => {
  if (!fit) return { title: "Forms of surface", figures: [] };
  const { runs } = ofQuantity(loaded, fit.quantity);
  const best = heaviest(fit);
  return {
    title: "Forms of surface side by side",
    figures: [
      rollOutFigure(fit, runs),
      fit.cuts.length > 0 && rollOutErrorsFigure(fit),
      surfaceFigure(best, runs),
      residualsFigure(best, runs),
    ],
  };
};

export const rollOutAsked = (
  fit: RollOut,
  asked: readonly FitPrediction[],
  loaded: LoadedRuns | undefined,
): Page["figures"] => {
  const runs = loaded ? ofQuantity(loaded, fit.quantity).runs : [];
  return [rollOutFigure(fit, runs, { asked }), surfaceFigure(heaviest(fit), runs, { asked })];
};

import { isoFlopFigure, lawsFigure } from "@isoflop/plot";
import type { FitPrediction, IsoFlop } from "@isoflop/scaling";
import type { Page } from "../../page/page.js";
import { LOSS } from "../../words/quantity.js";

/** The curves at equal compute and the laws. Budgets that were refused are drawn as such. */
export const isoFlopPage = (fit: IsoFlop | undefined, ok: boolean): Page => {
  const { quantity = LOSS } = fit?.choices ?? {};
  return {
    title: `${quantity === LOSS ? "Loss" : quantity} at equal compute`,
    figures: fit ? [fit.budgets.some(({ runs }) => runs.length > 0) && isoFlopFigure(fit), ok && lawsFigure(fit)] : [],
  };
};

/** The laws with what was asked of them. */
export const isoFlopAsked = (fit: IsoFlop, asked: readonly FitPrediction[]): Page["figures"] => [
  lawsFigure(fit, { asked }),
];

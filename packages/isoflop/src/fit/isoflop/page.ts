import { isoFlopFigure, lawsFigure } from "@isoflop/plot";
import type { IsoFlop } from "@isoflop/scaling";
import type { Page } from "../../page/page.js";
import { LOSS } from "../../words/quantity.js";
import type { SavedFit } from "../saved.js";

/** The curves at equal compute and the laws. Budgets that were refused are drawn as such. */
export const isoFlopPage = ({ fit, ok }: SavedFit<IsoFlop>): Page => {
  const { quantity = LOSS } = fit?.choices ?? {};
  return {
    title: `${quantity === LOSS ? "Loss" : quantity} at equal compute`,
    figures: fit ? [fit.budgets.some(({ runs }) => runs.length > 0) && isoFlopFigure(fit), ok && lawsFigure(fit)] : [],
  };
};

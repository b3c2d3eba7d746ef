import { lawFigure, surfaceFigure } from "@isoflop/plot";
import { type FitPrediction, type LawCard, lawsOf, surfaceOf } from "@isoflop/scaling";
import type { Page } from "../page/page.js";

/** The card's surface with what was asked of it, and its printed laws. */
export const cardPredictionPage = (card: LawCard, predictions: readonly FitPrediction[]): Page => {
  const surface = surfaceOf(card);
  const ofSurface = predictions.filter(({ predicted, given }) => predicted.N !== undefined || given.N !== undefined);
  const laws = Object.entries(lawsOf(card)).filter(([, { derived, against }]) => !derived && against === "C");
  return {
    title: `Prediction of ${card.name}`,
    figures: [
      surface.ok && laws.length === 0 && ofSurface.length > 0 && surfaceFigure(surface, [], { asked: ofSurface }),
      ...laws.map(([of, { law, data, against }]) => {
        const asked = predictions.flatMap((prediction) => {
          const [x, y] = [prediction.given[against], prediction.predicted[of]];
          return x === undefined || y === undefined ? [] : [{ ...prediction, given: { x }, predicted: { y } }];
        });
        return asked.length > 0 && lawFigure(law, data, { names: { x: against, y: of }, asked });
      }),
    ],
  };
};

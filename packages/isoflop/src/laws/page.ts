import { intervalsFigure, lawFigure } from "@isoflop/plot";
import { exponentsOf, type LawCard, lawsOf, shortName } from "@isoflop/scaling";
import type { Page } from "../page/page.js";

/** The exponents of N*, beside each other. */
export const cardsPage = (cards: readonly LawCard[]): Page => {
  const rows = cards.flatMap((card) => {
    const exponent = exponentsOf(card).N;
    if (!exponent) return [];
    const { value, interval, level } = exponent;
    return [{ name: shortName(card.name), value, ...(interval && level === 0.95 && { interval }) }];
  });
  const caption =
    "Exponents of the optimal size against compute, as published or as they follow from a published surface; with 95 % intervals where they are printed.";
  return { title: "Published laws", figures: [intervalsFigure({ label: "exponent of N* in C" }, rows, { caption })] };
};

/** The laws of a card where it says from where to where they were fitted. */
export const cardPage = (card: LawCard): Page => ({
  title: card.title,
  figures: Object.entries(lawsOf(card)).map(
    ([of, { law, data, against }]) => law.range !== undefined && lawFigure(law, data, { names: { x: against, y: of } }),
  ),
});

import { type Outcome, refuse } from "../types.js";
import { exponentsOf } from "./exponents-of.js";
import { type CardQuestion, predictCard } from "./predict-card.js";
import type { LawCard } from "./schema.js";

type Value = Outcome<{ readonly value: number }>;

/**
 * One number of a card: what `asks` names, such as N, loss or learningRate, a ratio of two such as D/N, or "exponent of N".
 * @param given C, N, D or loss, and what else the card's surface depends on, such as the unique tokens U
 */
export const cardValue = (
  card: LawCard,
  asks: string,
  given: Readonly<Record<string, number>>,
): Outcome<{ readonly value: number }> => {
  const [above, below] = asks.split("/");
  if (above !== undefined && below !== undefined)
    return ratio(cardValue(card, above, given), cardValue(card, below, given));
  const exponent = /^exponent of (.+)$/.exec(asks)?.[1];
  const { C, N, D, loss, ...further } = given;
  const silent = refuse(
    "unidentified",
    `the card ${card.name} says nothing of ${asks} at ${Object.keys(given).join(" and ")}`,
  );
  if (exponent !== undefined) {
    const found = exponentsOf(card)[exponent];
    return found ? { ok: true, value: found.value } : silent;
  }
  if (given[asks] !== undefined) return { ok: true, value: given[asks] };
  const question = C !== undefined ? { C } : loss !== undefined ? { loss } : { N, D };
  const inputs = Object.keys(further).length > 0 ? { inputs: further } : {};
  const outcome = predictCard(card, { ...question, ...inputs } as CardQuestion);
  if (!outcome.ok) return outcome;
  const found = outcome.predicted[asks];
  return found ? { ok: true, value: found.value } : silent;
};

const ratio = (above: Value, below: Value): Value => {
  if (!above.ok) return above;
  return below.ok ? { ok: true, value: above.value / below.value } : below;
};

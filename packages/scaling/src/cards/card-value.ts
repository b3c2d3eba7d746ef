import { dataConstrainedLoss } from "../laws/data-constrained.js";
import { type Outcome, refuse } from "../types.js";
import { exponentsOf } from "./exponents-of.js";
import { type CardQuestion, predictCard } from "./predict-card.js";
import { printedValue } from "./printed.js";
import type { LawCard } from "./schema.js";

type Given = Readonly<Record<string, number>>;
type Value = Outcome<{ readonly value: number }>;

/**
 * One number of a card: what `asks` names, such as N, loss or learningRate, a ratio of two such as D/N, or "exponent of N".
 * @param given C, N and D, and U for the unique tokens of a card that has a law of repetition
 */
export const cardValue = (card: LawCard, asks: string, given: Given): Value => {
  const [above, below] = asks.split("/");
  if (above !== undefined && below !== undefined)
    return ratio(cardValue(card, above, given), cardValue(card, below, given));
  const exponent = /^exponent of (.+)$/.exec(asks)?.[1];
  const { C, N, D, U, loss } = given;
  const silent = refuse(
    "unidentified",
    `the card ${card.name} says nothing of ${asks} at ${Object.keys(given).join(" and ")}`,
  );
  if (exponent !== undefined) {
    const found = exponentsOf(card)[exponent];
    return found ? { ok: true, value: found.value } : silent;
  }
  if (asks === "loss" && N !== undefined && D !== undefined && U !== undefined) return repeatedLoss(card, { N, D, U });
  if (given[asks] !== undefined) return { ok: true, value: given[asks] };
  const question = C !== undefined ? { C } : loss !== undefined ? { loss } : { N, D };
  const outcome = predictCard(card, question as CardQuestion);
  if (!outcome.ok) return outcome;
  const found = outcome.predicted[asks];
  return found ? { ok: true, value: found.value } : silent;
};

const ratio = (above: Value, below: Value): Value => {
  if (!above.ok) return above;
  return below.ok ? { ok: true, value: above.value / below.value } : below;
};

/** Muennighoff et al. 2023 (2305.16264), eq. 6, on the card's surface. */
const repeatedLoss = (card: LawCard, run: { readonly N: number; readonly D: number; readonly U: number }): Value => {
  const { repetition, surface } = card;
  if (!repetition || !surface) return refuse("unidentified", `the card ${card.name} has no law of repeated tokens`);
  const of = (name: string) =>
    surface.parameters[name] === undefined ? Number.NaN : printedValue(surface.parameters[name]);
  const [alpha, beta] = [of("alpha"), of("beta")];
  const law = {
    E: of("E"),
    A: of("A"),
    B: of("B"),
    alpha,
    beta: Number.isNaN(beta) ? alpha : beta,
    repeatTokens: printedValue(repetition.tokens),
    repeatParameters: printedValue(repetition.parameters),
  };
  return { ok: true, value: dataConstrainedLoss(law, run) };
};

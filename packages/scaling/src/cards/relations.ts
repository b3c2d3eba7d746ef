import { type Outcome, refuse } from "../types.js";
import { printedValue } from "./printed.js";
import type { CardRelation, LawCard } from "./schema.js";

/** The card's main laws: those of another set-up are only shown. */
export const mainLaws = ({ laws }: LawCard): CardRelation[] => laws.filter(({ variant }) => variant === undefined);

/** What a law is a law of. */
export const predictorsOf = ({ exponents }: CardRelation): string[] => Object.keys(exponents);

/** "N* ∝ C^0.5": a law without its coefficient gives no number. */
const noCoefficient = (card: string, { of, exponents }: CardRelation): string => {
  const powers = Object.entries(exponents).map(([name, exponent]) => `${name}^${printedValue(exponent)}`);
  return `the card ${card} has only exponents of ${of}, ∝ ${powers.join("·")}`;
};

/** y of a law where its predictors have these values, in the card's units. */
export const relationValue = (
  card: string,
  relation: CardRelation,
  at: Readonly<Record<string, number>>,
): Outcome<{ readonly value: number }> => {
  const { coefficient, exponents, units = {}, floor } = relation;
  if (coefficient === undefined) return refuse("unidentified", noCoefficient(card, relation));
  let log = Math.log(printedValue(coefficient));
  for (const [name, exponent] of Object.entries(exponents)) {
    const x = at[name];
    if (x === undefined)
      return refuse("unidentified", `${relation.of} of the card ${card} is a law of ${name}, which is not given`);
    log += printedValue(exponent) * Math.log(x / (units[name] ?? 1));
  }
  return { ok: true, value: (floor === undefined ? 0 : printedValue(floor)) + Math.exp(log) };
};

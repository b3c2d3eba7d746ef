import type { Estimate, Interval } from "../types.js";
import { derivedLaws } from "./laws-of.js";
import { estimateOf } from "./printed.js";
import { mainLaws, predictorsOf } from "./relations.js";
import type { LawCard, Published } from "./schema.js";

/** The exponent of a law of C, and the interval that is printed beside it. */
export interface CardExponent {
  readonly value: number;
  readonly interval?: Interval;
  /** Of the interval: 0.95, or another that is printed. */
  readonly level?: number;
  readonly derived: boolean;
}

/** Of the law above its floor; of the printed interval, or two standard errors on either side. */
const exponentFrom = (printed: Published): Omit<CardExponent, "derived"> => {
  const { value, ci95 } = estimateOf(printed);
  if (typeof printed !== "number" && printed.interval)
    return { value, interval: printed.interval, level: printed.level ?? 0.95 };
  return Number.isFinite(ci95[0]) ? { value, interval: ci95, level: 0.95 } : { value };
};

/** The exponents of C that a card has, by what they are of: N, D, loss, … */
export const exponentsOf = (card: LawCard): Readonly<Record<string, CardExponent>> => {
  const printed = mainLaws(card).flatMap((relation): [string, CardExponent][] => {
    const exponent = relation.exponents.C;
    if (exponent === undefined || predictorsOf(relation).length > 1) return [];
    return [[relation.of, { ...exponentFrom(exponent), derived: false }]];
  });
  const derived = derivedLaws(card).map(([name, { law }]): [string, CardExponent] => [
    name,
    { ...exponentFrom(withoutUnknown(law.exponent)), derived: true },
  ]);
  return Object.fromEntries([...derived, ...printed]);
};

const withoutUnknown = ({ value, standardError, ci95 }: Estimate): Published =>
  Number.isFinite(standardError) ? { value, standardError, interval: ci95 } : value;

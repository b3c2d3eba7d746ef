import { exponentiate } from "../inference/estimate.js";
import type { LawData } from "../laws/form.js";
import type { PublishedLaw } from "../laws/published.js";
import { allocationLaws } from "../surface/allocation-laws.js";
import type { Estimate, Interval } from "../types.js";
import { estimateOf, printedValue } from "./printed.js";
import { mainLaws, predictorsOf } from "./relations.js";
import type { CardRelation, LawCard, Published } from "./schema.js";
import { surfaceOf } from "./surface-of.js";

/** A law of one predictor, for {@link predictLaw}, {@link compareLaws} and figures; its points are with its authors. */
export interface CardLaw {
  readonly law: PublishedLaw;
  readonly data: LawData;
  /** "C", or another predictor. */
  readonly against: string;
  /** Whether it follows from the card's surface and is not printed itself. */
  readonly derived: boolean;
}

const NO_DATA: LawData = { x: [], y: [] };

const lawFrom = (card: string, relation: CardRelation, ranges: LawCard["range"]): CardLaw[] => {
  const { coefficient, exponents, units = {}, floor, covariance, degreesOfFreedom = 0, range = ranges } = relation;
  const [against] = predictorsOf(relation);
  if (coefficient === undefined || against === undefined || predictorsOf(relation).length > 1) return [];
  const exponent = estimateOf(exponents[against]!);
  const unit = units[against] ?? 1;
  // y = c (x / u)^γ is c u^−γ x^γ; the errors of the coefficient are known where the unit is one.
  const printed = estimateOf(coefficient);
  const moved = Math.exp(Math.log(printed.value) - exponent.value * Math.log(unit));
  const within = range[against];
  const law: PublishedLaw = {
    kind: "published",
    status: "converged",
    card,
    coefficient: unit === 1 ? printed : estimateOf(moved),
    exponent,
    ...(floor !== undefined && { floor: estimateOf(floor) }),
    ...(covariance && unit === 1 && { covariance }),
    ...(within && { range: within }),
    points: 0,
    degreesOfFreedom: covariance ? degreesOfFreedom : 0,
  };
  return [{ law, data: NO_DATA, against, derived: false }];
};

/** A compute amid what the card was fitted to: coefficients are the same wherever they are taken. */
const middleOf = ([low, high]: Interval): number => Math.sqrt(low * high);
const ANYWHERE: Interval = [1e18, 1e22];

/** Infinite ends are those of an error that is not known. */
const known = ({ value, standardError, ci95 }: Estimate): Estimate =>
  Number.isFinite(standardError) ? { value, standardError, ci95 } : estimateOf(value);

/** The laws of N*, D* and the loss against C that follow from a card's surface. */
export const derivedLaws = (card: LawCard): [string, CardLaw][] => {
  const surface = surfaceOf(card);
  const { C: range } = card.range;
  const laws = surface.ok ? allocationLaws(surface, middleOf(range ?? ANYWHERE)) : undefined;
  if (!laws) return [];
  return (["N", "D", "loss"] as const).map((name) => {
    const { logCoefficient, exponent } = laws[name];
    const floor = name === "loss" ? laws.loss.floor : 0;
    const law: PublishedLaw = {
      kind: "published",
      status: "converged",
      card: card.name,
      coefficient: known(exponentiate(logCoefficient)),
      exponent: known(exponent),
      ...(floor > 0 && { floor: estimateOf(floor) }),
      ...(range && { range }),
      points: 0,
      degreesOfFreedom: 0,
    };
    return [name, { law, data: NO_DATA, against: "C", derived: true }];
  });
};

/**
 * The laws of one predictor that a card has, by what they give: as they are printed, and N*, D* and the loss against C as they follow
 * from its surface where they are not. A law whose coefficient is not published is left out; {@link exponentsOf} has its exponent.
 */
export const lawsOf = (card: LawCard): Readonly<Record<string, CardLaw>> => {
  const printed = mainLaws(card).flatMap((relation) =>
    lawFrom(card.name, relation, card.range).map((law) => [relation.of, law] as const),
  );
  return Object.fromEntries([...derivedLaws(card), ...printed]);
};

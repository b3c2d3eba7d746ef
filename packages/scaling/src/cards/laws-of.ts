import { exponentiate } from "../inference/estimate.js";
import type { LawData } from "../laws/form.js";
import type { PublishedLaw } from "../laws/published.js";
import { congruence, identity, type Matrix } from "../math/linear.js";
import { allocationLaws, allocationStatistics } from "../surface/allocation-laws.js";
import type { PredictableSurface } from "../surface/predict.js";
import { formOfSurface } from "../surface/surface.js";
import { statisticGradient } from "../surface/uncertainty.js";
import type { Estimate, Interval } from "../types.js";
import { estimateOf } from "./printed.js";
import { mainLaws, predictorsOf } from "./relations.js";
import type { CardRelation, LawCard } from "./schema.js";
import { surfaceOf } from "./surface-of.js";

/** A law of one predictor, for {@link predictLaw} and figures; its points are with its authors. */
export interface CardLaw {
  readonly law: PublishedLaw;
  readonly data: LawData;
  /** "C", or another predictor. */
  readonly against: string;
  /** Whether it follows from the card's surface and is not printed itself. */
  readonly derived: boolean;
}

const NO_DATA: LawData = { x: [], y: [] };

/**
 * The laws of one predictor that a card has, by what they give: as they are printed, and N*, D* and the loss against C as they follow
 * from its surface where they are not and where they are powers of C. A law whose coefficient is not published is left out;
 * {@link exponentsOf} has its exponent.
 */
export const lawsOf = (card: LawCard): Readonly<Record<string, CardLaw>> => {
  const printed = mainLaws(card).flatMap((relation) =>
    lawFrom(card.name, relation, card.range).map((law) => [relation.of, law] as const),
  );
  return Object.fromEntries([...derivedLaws(card), ...printed]);
};

const lawFrom = (card: string, relation: CardRelation, ranges: LawCard["range"]): CardLaw[] => {
  const { coefficient, exponents, units = {}, floor, covariance, degreesOfFreedom = 0, range = ranges } = relation;
  const [against] = predictorsOf(relation);
  if (coefficient === undefined || against === undefined || predictorsOf(relation).length > 1) return [];
  const [printed, exponent] = [estimateOf(coefficient), estimateOf(exponents[against]!)];
  const unit = units[against] ?? 1;
  // y = c (x / u)^γ is c u^−γ x^γ.
  const moved = estimateOf(Math.exp(Math.log(printed.value) - exponent.value * Math.log(unit)));
  const within = range[against];
  const law: PublishedLaw = {
    kind: "published",
    status: "converged",
    card,
    coefficient: unit === 1 ? printed : moved,
    exponent,
    ...(floor !== undefined && { floor: estimateOf(floor) }),
    ...(covariance && { covariance: atUnitOne(covariance, unit) }),
    ...(within && { range: within }),
    points: 0,
    degreesOfFreedom: covariance ? degreesOfFreedom : 0,
  };
  return [{ law, data: NO_DATA, against, derived: false }];
};

/** Of ln c u^−γ in place of ln c. */
const atUnitOne = (covariance: Matrix, unit: number): number[][] => {
  const jacobian = identity(covariance.length);
  jacobian[0]![1] = -Math.log(unit);
  return congruence(jacobian, covariance);
};

const ANYWHERE: Interval = [1e18, 1e22];

/** The laws of N*, D* and the loss against C that follow from a card's surface, where they are powers of C. */
export const derivedLaws = (card: LawCard): [string, CardLaw][] => {
  const surface = surfaceOf(card);
  if (!surface.ok || !formOfSurface(surface).trade) return [];
  const { C: range } = card.range;
  // The laws are the same wherever they are taken.
  const [low, high] = range ?? ANYWHERE;
  const C = Math.sqrt(low * high);
  const laws = allocationLaws(surface, C);
  if (!laws) return [];
  return (["N", "D", "loss"] as const).map((name) => {
    const { logCoefficient, exponent } = laws[name];
    const floor = name === "loss" ? laws.loss.floor : 0;
    const { covariance, degreesOfFreedom } = surface;
    const law: PublishedLaw = {
      kind: "published",
      status: "converged",
      card: card.name,
      coefficient: known(exponentiate(logCoefficient)),
      exponent: known(exponent),
      ...(floor > 0 && { floor: estimateOf(floor) }),
      ...(covariance && { covariance: covarianceOf(surface, name, C, covariance, floor > 0) }),
      ...(range && { range }),
      points: 0,
      degreesOfFreedom,
    };
    return [name, { law, data: NO_DATA, against: "C", derived: true }];
  });
};

/** Infinite ends are those of an error that is not known. */
const known = ({ value, standardError, ci95 }: Estimate): Estimate =>
  Number.isFinite(standardError) ? { value, standardError, ci95 } : estimateOf(value);

/** Of a law's logarithm, exponent and floor, by the delta method. */
const covarianceOf = (
  surface: PredictableSurface,
  name: string,
  C: number,
  of: Matrix,
  floored: boolean,
): number[][] => {
  const statistics = allocationStatistics(C);
  const rows = [statistics[`${name}.logCoefficient`]!, statistics[`${name}.exponent`]!];
  const floor = formOfSurface(surface).floor;
  const all = floored ? [...rows, ({ theta }: { readonly theta: readonly number[] }) => floor(theta)] : rows;
  return congruence(
    all.map((statistic) => statisticGradient(surface, statistic)),
    of,
  );
};

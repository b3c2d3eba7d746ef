import { badOption } from "../../errors.js";
import { type Outcome, refuse } from "../../types.js";
import type { LawCard } from "../schema.js";
import { alongOptimum } from "./along-optimum.js";
import { byFactors, factorsOf } from "./by-factors.js";
import { type ConversionFacts, type ConversionTarget, type LeftUnconverted, missingOf, planOf } from "./plan.js";

/** A card in other units. */
export interface ConvertedCard {
  readonly card: LawCard;
  readonly leftOut: readonly LeftUnconverted[];
  /** Largest relative distance, within the range of C, of a converted law from the power law it is given as; 0 where the conversion is by factors. */
  readonly deviation: number;
}

/**
 * A card with other conventions: 6ND, exact FLOPs or multiply-adds; all parameters or those without embeddings; tokens or samples. Where
 * N, D and C change by factors the conversion is exact. Where they change with the size, laws of C are taken along the optimum N*(C) and
 * given as the power law through it, whose exponent differs (Pearce & Song 2024, 2406.12907); `deviation` says how well that holds.
 * Refused where the card does not say how it counts, or where a fact that is needed is missing.
 * @throws ScalingError `bad-option` for a fact that cannot be
 */
export const convert = (card: LawCard, to: ConversionTarget, facts: ConversionFacts = {}): Outcome<ConvertedCard> => {
  for (const [name, value] of Object.entries(facts))
    if (typeof value === "number" && !(value > 0 && Number.isFinite(value)))
      throw badOption(name, value, "a positive number");
  const plan = planOf(card, to, facts);
  const missing = missingOf(plan);
  if (missing !== undefined) return refuse("unidentified", `${card.name} cannot be converted: ${missing}`);
  const factors = factorsOf(plan);
  return factors ? { ok: true, ...byFactors(plan, factors), deviation: 0 } : alongOptimum(plan);
};

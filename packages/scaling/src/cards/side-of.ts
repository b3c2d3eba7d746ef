import { type Constants, flooredPower, type OptimumCurve } from "../compare/curve.js";
import type { Side } from "../compare/side.js";
import { sideOfSurface } from "../compare/surface-side.js";
import { drawPublished, type PublishedParameters, printedParameters } from "../laws/published.js";
import { optimalAllocation } from "../surface/allocate.js";
import type { PredictableSurface } from "../surface/predict.js";
import { type Flops, type Outcome, refuse } from "../types.js";
import { exponentsOf } from "./exponents-of.js";
import { type CardLaw, lawsOf } from "./laws-of.js";
import type { LawCard } from "./schema.js";
import { surfaceOf } from "./surface-of.js";

export interface CardSideOptions {
  /** What is compared. Default `loss`. */
  readonly quantity?: string | undefined;
}

const ERRORLESS = "no uncertainty is published; it is taken to be exact";

/**
 * A published law of the optimal loss as a side of a comparison: the law against compute that is printed, or the optimum of the surface. Without
 * a published covariance it is taken to be exact. Refused where the card has neither.
 */
export const sideOfCard = (name: string, card: LawCard, { quantity = "loss" }: CardSideOptions = {}): Outcome<Side> => {
  const law = lawsOf(card)[quantity];
  const side =
    law && !law.derived && law.against === "C" ? sideOfLaw(name, card, law) : bySurface(name, card, quantity);
  if (!side.ok) return side;
  const fitted = card.range.C;
  return { ...side, quantity, ...(fitted && { fitted }) };
};

/** Compute at which a law without a range is held; its curve is the same wherever that is. */
const ANYWHERE: Flops = 1e20;

const sideOfLaw = (name: string, card: LawCard, { law }: CardLaw): Outcome<Side> => {
  const [low, high] = law.range ?? [ANYWHERE, ANYWHERE];
  const at = Math.sqrt(low * high);
  const { N, D } = exponentsOf(card);
  const others = { ...(N && { N: N.value }), ...(D && { D: D.value }) };
  const curveOf = ({ level, slope, floor }: PublishedParameters): OptimumCurve => {
    const reducible = Math.exp(level + slope * Math.log(at));
    const curve = flooredPower({ floor, reducible, slope: -slope, at }, others);
    return law.floor ? curve : { ...curve, constants: withoutFloor(curve.constants) };
  };
  const curve = curveOf(printedParameters(law));
  const described = { ok: true, name, law: "published law", points: { x: [], y: [] }, curve } as const;
  if (!law.covariance) return { ...described, ...exact(curve) };
  return { ...described, draws: (count, uniform) => drawPublished(law, count, uniform).map(curveOf) };
};

/** That there is none is part of the form, and not found. */
const withoutFloor = ({ floor: _, ...constants }: Constants): Constants => constants;

const exact = (curve: OptimumCurve): Pick<Side, "errorless" | "caution" | "draws"> => ({
  errorless: true,
  caution: ERRORLESS,
  draws: (count) => Array.from({ length: count }, () => curve),
});

const bySurface = (name: string, card: LawCard, quantity: string): Outcome<Side> => {
  if (quantity !== "loss" || !card.surface) return nothing(card, quantity);
  const surface = surfaceOf(card);
  if (!surface.ok) return surface;
  const side = sideOfSurface(name, { ...surface, ...amid(card, surface) });
  if (!side.ok) return side;
  const law = `optimum of the published ${surface.form} surface`;
  return { ...side, law, ...(!surface.covariance && exact(side.curve)) };
};

/** A model about which its curve is held, where the card does not say between which it was fitted. */
const amid = ({ range: { C } }: LawCard, surface: PredictableSurface): Pick<PredictableSurface, "centre"> => {
  if (surface.centre) return {};
  const best = optimalAllocation(surface, C ? Math.sqrt(C[0] * C[1]) : ANYWHERE);
  return best.ok ? { centre: { N: best.N, D: best.D } } : {};
};

/** What the card has instead. */
const nothing = (card: LawCard, quantity: string): Outcome<never> => {
  const others = Object.entries(lawsOf(card)).flatMap(([of, { against }]) => (against === "C" ? [of] : []));
  const exponents = Object.keys(exponentsOf(card));
  const has =
    others.length > 0
      ? `it has laws of ${others.join(", ")}`
      : exponents.length > 0
        ? `it has only exponents, of ${exponents.join(", ")}`
        : "it has none against compute";
  return refuse("unidentified", `the card ${card.name} has no law of ${quantity} against compute; ${has}`);
};

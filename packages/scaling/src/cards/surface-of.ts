import { unquoted } from "../surface/form.js";
import { surfaceForms } from "../surface/forms/index.js";
import type { PredictableSurface } from "../surface/predict.js";
import { type Outcome, refuse } from "../types.js";
import { printedValue } from "./printed.js";
import type { LawCard } from "./schema.js";

/**
 * The loss surface of a card, for {@link predictSurface}, {@link optimalAllocation} and the like. Its intervals are known where the card
 * has a covariance. Refused where the card has no surface, or one of a form that is not there.
 */
export const surfaceOf = (card: LawCard): Outcome<PredictableSurface> => {
  const { name, surface } = card;
  if (!surface) return refuse("unidentified", `the card ${name} has no loss surface`);
  const { form, flopsPerToken, covariance, degreesOfFreedom = 0, residualStandardDeviation = Number.NaN } = surface;
  if (!surfaceForms.has(form)) {
    const there = surfaceForms.names.join(", ");
    return refuse("unidentified", `the surface of ${name} is of the form "${form}", and there are ${there}`);
  }
  const values = Object.entries(surface.parameters).map(([key, value]) => [key, printedValue(value)] as const);
  const found = surfaceForms.get(form);
  const theta = unquoted(found, Object.fromEntries(values));
  const missing = theta.findIndex(Number.isNaN);
  if (missing >= 0) {
    const { formula } = found;
    return refuse("unidentified", `the surface of ${name} lacks ${found.theta[missing]!} of ${formula}`);
  }
  return {
    ok: true,
    form,
    theta,
    flopsPerToken,
    quantity: "loss",
    degreesOfFreedom,
    residualStandardDeviation,
    ...centreOf(card),
    ...(covariance && { covariance: covariance.map((row) => [...row]) }),
  };
};

/** Amid what it was fitted to, where an optimum that has no closed form is sought. */
const centreOf = ({ range: { N, D } }: LawCard): Pick<PredictableSurface, "centre"> =>
  N && D ? { centre: { N: Math.sqrt(N[0] * N[1]), D: Math.sqrt(D[0] * D[1]) } } : {};

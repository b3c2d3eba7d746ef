import { dataConstrainedLoss } from "../laws/data-constrained.js";
import { predictLaw } from "../laws/fit.js";
import type { FitPrediction } from "../prediction.js";
import { predictSurface, type SurfaceQuestion } from "../surface/predict.js";
import { type Outcome, type Predicted, refuse } from "../types.js";
import { exponentsOf, lawsOf, surfaceParameters } from "./laws-of.js";
import { valueOf } from "./printed.js";
import { mainLaws, predictorsOf, relationValue } from "./relations.js";
import type { LawCard } from "./schema.js";
import { surfaceOf } from "./surface-of.js";

/** What a card can be asked: what is best at a compute, what a model gives, or what a loss costs. */
export type CardQuestion = SurfaceQuestion;

const asked = (question: CardQuestion): Record<string, number> => ({ ...question });

/**
 * What a card says at a compute, of a model, or for a loss: by its own laws, and by its surface where it has no law of that. An interval is
 * there where the card has the covariance for it.
 */
export const predictCard = (card: LawCard, question: CardQuestion): Outcome<FitPrediction> => {
  const given = asked(question);
  const printed = printedAt(card, given);
  const surface = surfaceOf(card);
  const ofSurface = surface.ok ? predictSurface(surface, question) : surface;
  const derived = ofSurface.ok && surface.ok ? withoutUnknown(ofSurface.predicted, surface) : {};
  const predicted = { ...derived, ...printed };
  if (Object.keys(predicted).length === 0) return nothing(card, given, ofSurface);
  // What missing the optimum of the surface costs is not to be told beside another optimum.
  const notes = ofSurface.ok ? ofSurface.notes : {};
  const [, most] = card.range.C ?? [];
  const C = given.C ?? (ofSurface.ok ? (ofSurface.given as Record<string, number>).C : undefined);
  const extrapolation = C !== undefined && most !== undefined ? { extrapolation: C / most } : {};
  return {
    ok: true,
    record: "prediction",
    quantity: "loss",
    given: ofSurface.ok ? ofSurface.given : given,
    predicted,
    notes: { ...notes, ...extrapolation },
  };
};

/** By the laws that are printed: those of the predictors that are given, and of no other. */
const printedAt = (card: LawCard, given: Readonly<Record<string, number>>): Record<string, Predicted> => {
  const laws = lawsOf(card);
  const found = mainLaws(card).flatMap((relation): [string, Predicted][] => {
    const names = predictorsOf(relation);
    if (!names.every((name) => given[name] !== undefined)) return [];
    const law = laws[relation.of];
    if (law && !law.derived && law.against === names[0])
      return [[relation.of, predictLaw(law, given[law.against]!).predicted.y]];
    const outcome = relationValue(card.name, relation, given);
    return outcome.ok ? [[relation.of, { value: outcome.value }]] : [];
  });
  return Object.fromEntries(found);
};

const withoutUnknown = (
  predicted: Readonly<Record<string, Predicted>>,
  {
    covariance,
    residualStandardDeviation,
  }: { readonly covariance?: unknown; readonly residualStandardDeviation: number },
): Record<string, Predicted> =>
  Object.fromEntries(
    Object.entries(predicted).map(([name, { value, ci95, interval95 }]) => [
      name,
      {
        value,
        ...(covariance !== undefined && ci95 && { ci95 }),
        ...(covariance !== undefined && Number.isFinite(residualStandardDeviation) && interval95 && { interval95 }),
      },
    ]),
  );

/** What could have been asked instead. */
const nothing = (
  card: LawCard,
  given: Readonly<Record<string, number>>,
  surface: Outcome<unknown>,
): Outcome<FitPrediction> => {
  const names = Object.keys(given);
  const fitting = mainLaws(card).filter((relation) => predictorsOf(relation).every((name) => names.includes(name)));
  const [exponentOnly] = fitting;
  if (exponentOnly) {
    const outcome = relationValue(card.name, exponentOnly, given);
    if (!outcome.ok) return outcome;
  }
  if (card.surface && !surface.ok) return surface;
  const laws = mainLaws(card).map((relation) => `${relation.of} of ${predictorsOf(relation).join(" and ")}`);
  const has = [...laws, ...(card.surface ? ["the loss of N and D, and what is best at C"] : [])].join(", ");
  return refuse("unidentified", `the card ${card.name} says nothing at ${names.join(" and ")}; it has ${has}`);
};

/**
 * One number of a card: what `asks` names, such as N, loss or learningRate, a ratio of two such as D/N, or "exponent of N".
 * @param given C, N and D, and U for the unique tokens of a card that has a law of repetition
 */
export const cardValue = (
  card: LawCard,
  asks: string,
  given: Readonly<Record<string, number>>,
): Outcome<{ readonly value: number }> => {
  const [above, below] = asks.split("/");
  if (below !== undefined && above !== undefined) {
    const [a, b] = [cardValue(card, above, given), cardValue(card, below, given)];
    if (!a.ok) return a;
    return b.ok ? { ok: true, value: a.value / b.value } : b;
  }
  const exponent = /^exponent of (.+)$/.exec(asks)?.[1];
  if (exponent !== undefined) {
    const found = exponentsOf(card)[exponent];
    return found
      ? { ok: true, value: found.value }
      : refuse("unidentified", `the card ${card.name} has no exponent of ${exponent}`);
  }
  const { C, N, D, U, loss } = given;
  if (asks === "loss" && U !== undefined && N !== undefined && D !== undefined) return repeatedLoss(card, { N, D, U });
  if (given[asks] !== undefined) return { ok: true, value: given[asks] };
  const question = C !== undefined ? { C } : loss !== undefined ? { loss } : { N, D };
  const outcome = predictCard(card, question as CardQuestion);
  if (!outcome.ok) return outcome;
  const found = outcome.predicted[asks];
  return found
    ? { ok: true, value: found.value }
    : refuse("unidentified", `the card ${card.name} says nothing of ${asks} at ${Object.keys(given).join(" and ")}`);
};

const repeatedLoss = (card: LawCard, run: { readonly N: number; readonly D: number; readonly U: number }) => {
  const { repetition } = card;
  if (!repetition) return refuse("unidentified", `the card ${card.name} has no law of repeated tokens`);
  const { E, A, B, alpha, beta = alpha } = surfaceParameters(card);
  const law = {
    ...{ E: E!, A: A!, B: B!, alpha: alpha!, beta: beta! },
    repeatTokens: valueOf(repetition.tokens),
    repeatParameters: valueOf(repetition.parameters),
  };
  return { ok: true as const, value: dataConstrainedLoss(law, run) };
};

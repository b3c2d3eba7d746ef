import { predictLaw } from "../laws/fit.js";
import type { FitPrediction } from "../prediction.js";
import { type PredictableSurface, predictSurface, type SurfaceQuestion } from "../surface/predict.js";
import { type Flops, type Outcome, type Predicted, refuse } from "../types.js";
import { type CardLaw, lawsOf } from "./laws-of.js";
import { mainLaws, predictorsOf, relationValue } from "./relations.js";
import type { LawCard } from "./schema.js";
import { surfaceOf } from "./surface-of.js";

/** What a card can be asked: what is best at a compute, what a model gives, or what a loss costs. */
export type CardQuestion = SurfaceQuestion;

type Given = Readonly<Record<string, number>>;
type Answers = Readonly<Record<string, Predicted>>;

/**
 * What a card says at a compute, of a model, or for a loss: by its printed laws, and by its surface of what they do not say. An interval
 * is there where the card has the covariance for it. Refused where it says nothing of that.
 */
export const predictCard = (card: LawCard, question: CardQuestion): Outcome<FitPrediction> => {
  const given = numbersOf(question);
  const laws = lawsOf(card);
  const least = given.loss === undefined ? undefined : leastCompute(card, laws, given.loss);
  if (least && !least.ok) return least;
  const printed: Answers = least
    ? { C: { value: least.C }, ...printedAt(card, laws, least) }
    : printedAt(card, laws, given);
  // An optimum that is printed and one that follows from a surface are two, and so is what missing them costs.
  const own = printed.N !== undefined || printed.D !== undefined;
  const surface = surfaceOf(card);
  const derived = surface.ok ? predictSurface(surface, question) : surface;
  const ofSurface = derived.ok && surface.ok && !own ? withoutUnknown(derived.predicted, surface) : {};
  const predicted = { ...ofSurface, ...printed };
  if (Object.keys(predicted).length === 0) return nothing(card, given, derived);
  const known = derived.ok && !own ? derived : { given, notes: {} };
  const C = given.C ?? least?.C ?? predicted.C?.value ?? (known.given as Given).C;
  const [, most] = card.range.C ?? [];
  return {
    ok: true,
    record: "prediction",
    quantity: "loss",
    given: known.given,
    predicted,
    notes: { ...known.notes, ...(C !== undefined && most !== undefined && { extrapolation: C / most }) },
  };
};

/** What a form of surface asks for beside N and D stands among them. */
const numbersOf = (question: CardQuestion): Given => {
  const { inputs = {}, ...given } = question as { readonly inputs?: Given };
  return { ...given, ...inputs };
};

/** The least compute for a loss by the printed law of the loss against compute; undefined where there is none. */
const leastCompute = (
  card: LawCard,
  { loss: found }: Readonly<Record<string, CardLaw>>,
  loss: number,
): Outcome<{ readonly C: Flops }> | undefined => {
  if (!found || found.derived || found.against !== "C") return undefined;
  const { coefficient, exponent, floor } = found.law;
  const above = loss - (floor?.value ?? 0);
  if (!(above > 0))
    return refuse(
      "unreachable",
      `a loss of ${loss} is not above ${floor?.value ?? 0}, to which the law of ${card.name} goes`,
    );
  return { ok: true, C: Math.exp((Math.log(above) - Math.log(coefficient.value)) / exponent.value) };
};

/** By the laws that are printed: those of the predictors that are given, and of no other. */
const printedAt = (
  card: LawCard,
  laws: Readonly<Record<string, CardLaw>>,
  given: Given | { readonly C: Flops },
): Answers => {
  const at: Given = { ...given };
  const found = mainLaws(card).flatMap((relation): [string, Predicted][] => {
    const names = predictorsOf(relation);
    if (!names.every((name) => at[name] !== undefined)) return [];
    const law = laws[relation.of];
    if (law && !law.derived && law.against === names[0])
      return [[relation.of, predictLaw(law, at[law.against]!).predicted.y]];
    const outcome = relationValue(card.name, relation, at);
    return outcome.ok ? [[relation.of, { value: outcome.value }]] : [];
  });
  return Object.fromEntries(found);
};

const withoutUnknown = (predicted: Answers, { covariance, residualStandardDeviation }: PredictableSurface): Answers => {
  const scattered = Number.isFinite(residualStandardDeviation);
  const known = ({ value, ci95, interval95 }: Predicted): Predicted => ({
    value,
    ...(covariance && ci95 && { ci95 }),
    ...(covariance && scattered && interval95 && { interval95 }),
  });
  return Object.fromEntries(Object.entries(predicted).map(([name, one]) => [name, known(one)]));
};

/** What could have been asked instead. */
const nothing = (card: LawCard, given: Given, surface: Outcome<unknown>): Outcome<FitPrediction> => {
  const names = Object.keys(given);
  for (const relation of mainLaws(card)) {
    if (!predictorsOf(relation).every((name) => names.includes(name))) continue;
    const outcome = relationValue(card.name, relation, given);
    if (!outcome.ok) return outcome;
  }
  if (card.surface && !surface.ok) return surface;
  const laws = mainLaws(card).map((relation) => `${relation.of} of ${predictorsOf(relation).join(" and ")}`);
  const has = [...laws, ...(card.surface ? ["the loss of N and D, and what is best at C"] : [])].join(", ");
  return refuse("unidentified", `the card ${card.name} says nothing at ${names.join(" and ")}; it has ${has}`);
};

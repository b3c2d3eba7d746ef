import { powerLaw } from "../../laws/power.js";
import type { PublishedLaw } from "../../laws/published.js";
import { extent } from "../../math/extent.js";
import { bisect } from "../../math/search.js";
import { spaced } from "../../math/spaced.js";
import { type Outcome, refuse } from "../../types.js";
import { lawsOf } from "../laws-of.js";
import { predictorsOf } from "../relations.js";
import type { CardRelation, CardSource, LawCard } from "../schema.js";
import { conventionsAfter, isScale, type LeftUnconverted, type Plan, unitOf } from "./plan.js";

/** Size, data and compute of one optimum. */
interface Point {
  readonly N: number;
  readonly D: number;
  readonly C: number;
}

interface Moved {
  readonly old: Point;
  readonly now: Point;
}

const POINTS = 41;
const LARGEST = Math.log(1e18);

/** A law above its floor. */
const above = ({ coefficient, exponent }: PublishedLaw, x: number): number =>
  Math.exp(Math.log(coefficient.value) + exponent.value * Math.log(x));

const perToken = ({ facts: { flopsPerToken } }: Plan, N: number): number =>
  typeof flopsPerToken === "function" ? flopsPerToken(N) : flopsPerToken! * N;

/** One optimum, as the card counts it and as it shall be counted. */
const movedAt = (plan: Plan, laws: ReturnType<typeof lawsOf>, C: number): Moved => {
  const { card, to, facts, changes, before, after } = plan;
  const { tokensPerSample = 1 } = facts;
  const scale = above((laws.N ?? laws.M)!.law, C);
  const size = isScale(plan) ? sizeOf(plan, scale) : scale;
  const N = isScale(plan) ? size : sizeAfter(plan, size);
  const D = laws.D ? above(laws.D.law, C) : C / (6 * scale);
  const tokens = card.conventions.tokens.is === "samples" ? D * tokensPerSample : D;
  // Whatever D counts, compute is spent on tokens; one that is exact already is not counted again.
  const exact = before === "6ND" ? perToken(plan, size) * tokens : C / unitOf(before);
  const spent = after === "6ND" ? 6 * N * tokens : exact * unitOf(after);
  return {
    old: { N: scale, D, C },
    now: {
      N,
      D: !changes.D ? D : to.tokens === "samples" ? D / tokensPerSample : tokens,
      C: changes.C ? spent : C,
    },
  };
};

/** N of which the FLOPs per token are M. */
const sizeOf = (plan: Plan, M: number): number =>
  Math.exp(bisect((lnN) => perToken(plan, Math.exp(lnN)) - M, 0, LARGEST));

const sizeAfter = ({ to, facts: { embedding = 0 }, changes }: Plan, N: number): number => {
  if (!changes.N) return N;
  const of = typeof embedding === "function" ? embedding(N) : embedding;
  return to.parameters === "all" ? N + of : N - of;
};

/** A card whose N, D and C change by more than a factor: its laws of C along its optimum. */
export const alongOptimum = (
  plan: Plan,
): Outcome<{ readonly card: LawCard; readonly leftOut: readonly LeftUnconverted[]; readonly deviation: number }> => {
  const { card } = plan;
  const laws = lawsOf(card);
  const range = plan.facts.between ?? card.range.C;
  const cannot = (why: string) => refuse("unidentified", `${card.name} cannot be converted: ${why}`);
  if (!laws.N && !laws.M) return cannot("it has no law of N against C, along which N could be counted");
  if (!range) return cannot("its range of C is unknown; between is missing, the computes from where to where");
  const points = spaced(range[0], range[1], POINTS).map((C) => movedAt(plan, laws, C));
  const bad = points.find(({ now: { N, C } }) => !(N > 0 && C > 0));
  if (bad) return cannot(`at C = ${bad.old.C.toExponential(2)} no parameters would be left`);
  const through = Object.entries(laws).map(([of, { law, against }]) => {
    const relation = card.laws.find((one) => one.of === of && one.variant === undefined);
    const source = relation?.source ?? card.surface!.source;
    return against === "C"
      ? converted(of, law, points, { unit: relation?.unit ?? unitsOf[of] ?? "as the card counts it", source })
      : { of, why: `a law of ${against}, which no longer changes by a factor` };
  });
  const kept = through.flatMap((one) => ("relation" in one ? [one] : []));
  const whole = {
    ...withoutSurface(card),
    conventions: conventionsAfter(plan),
    range: { C: extent(points.map(({ now }) => now.C)) },
    laws: kept.map(({ relation }) => relation),
    reproduces: [],
  };
  return {
    ok: true,
    card: whole,
    leftOut: [...through.flatMap((one) => ("why" in one ? [one] : [])), ...others(card, laws)],
    deviation: kept.reduce((most, { deviation }) => Math.max(most, deviation), 0),
  };
};

const unitsOf: Readonly<Record<string, string>> = { N: "parameters", D: "tokens", loss: "as the card counts it" };

const withoutSurface = ({ surface: _, ...card }: LawCard): Omit<LawCard, "surface"> => card;

/** The power law through a law where it has been moved to. */
const converted = (
  of: string,
  law: PublishedLaw,
  points: readonly Moved[],
  kept: { readonly unit: string; readonly source: CardSource },
): { readonly relation: CardRelation; readonly deviation: number } | LeftUnconverted => {
  const size = of === "N" || of === "M";
  const y = points.map(({ old, now }) => (size ? now.N : of === "D" ? now.D : above(law, old.C)));
  const x = points.map(({ now }) => now.C);
  const fit = powerLaw(x, y);
  if (!fit.ok) return { of, why: fit.message };
  const at = (C: number) => Math.exp(fit.logCoefficient.value + fit.exponent.value * Math.log(C));
  const off = x.map((C, i) => Math.abs(at(C) / y[i]! - 1));
  const relation: CardRelation = {
    of: size ? "N" : of,
    unit: size ? "parameters" : kept.unit,
    coefficient: fit.coefficient.value,
    exponents: { C: fit.exponent.value },
    ...(law.floor && { floor: law.floor.value }),
    source: kept.source,
    note: "converted along the optimum of the card",
  };
  return { relation, deviation: extent(off)[1] };
};

/** What is no law of one predictor. */
const others = (card: LawCard, laws: ReturnType<typeof lawsOf>): LeftUnconverted[] => [
  ...card.laws.flatMap((law): LeftUnconverted[] => {
    const { of, variant, coefficient } = law;
    if (variant !== undefined) return [{ of: `${of} (${variant})`, why: "only its exponent is known" }];
    if (coefficient === undefined) return [{ of, why: "only its exponent is known" }];
    return of in laws
      ? []
      : [{ of, why: `a law of ${predictorsOf(law).join(" and ")}, which no longer change by factors` }];
  }),
  ...(card.surface
    ? [{ of: "surface", why: "N changes by no factor; give the FLOP rule to optimalAllocation instead" }]
    : []),
];

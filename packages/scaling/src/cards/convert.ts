import { badOption } from "../errors.js";
import { powerLaw } from "../laws/power.js";
import { bisect } from "../math/search.js";
import { spaced } from "../math/spaced.js";
import { quoted } from "../surface/form.js";
import { formOfSurface } from "../surface/surface.js";
import { type Outcome, refuse } from "../types.js";
import { lawsOf } from "./laws-of.js";
import { valueOf } from "./printed.js";
import { predictorsOf } from "./relations.js";
import type { CardConventions, CardRelation, LawCard, Published } from "./schema.js";
import { surfaceOf } from "./surface-of.js";

/** What a card shall count; what is not said stays as it is. */
export interface ConversionTarget {
  readonly parameters?: "all" | "non-embedding";
  /** Whether D counts tokens, of whatever kind the card's are, or samples. */
  readonly tokens?: "tokens" | "samples";
  readonly compute?: "6ND" | "exact-flops" | "exact-macs";
}

/** What a conversion needs to know of the models that the card is about. */
export interface ConversionFacts {
  /** Training FLOPs per token of a model of N parameters, N as the card counts them; or k of C = k·N·D. */
  readonly flopsPerToken?: number | ((N: number) => number);
  /** Embedding parameters of a model of N parameters, N as the card counts them. */
  readonly embedding?: number | ((N: number) => number);
  readonly tokensPerSample?: number;
}

/** A card in other units. */
export interface ConvertedCard {
  readonly card: LawCard;
  /** What could not come along, and why. */
  readonly leftOut: readonly { readonly of: string; readonly why: string }[];
  /** Largest relative distance, within the range of C, of a converted law from the power law it is given as; 0 where the conversion is by constants. */
  readonly deviation: number;
}

/** Sizes, tokens and compute of one optimum, before and after. */
interface Moved {
  readonly N: number;
  readonly D: number;
  readonly C: number;
}

type Names = keyof Moved;
type Factors = Partial<Record<Names, number>>;

const POINTS = 41;
/** Rounding of double precision in logarithms. */
const SAME = 1e-9;

/**
 * A card with other conventions: 6ND, exact FLOPs or multiply-adds; all parameters or those without embeddings; tokens or samples. Where
 * every factor is the same at every size the conversion is exact. Where it depends on N, laws of C are taken along the optimum N*(C)
 * and given as the power law through it, whose exponent may differ (Pearce & Song 2024, 2406.12907); `deviation` says how well that holds.
 * Refused where the card does not say how it counts, or where a fact that is needed is missing.
 * @throws ScalingError `bad-option` for a fact that cannot be
 */
export const convert = (card: LawCard, to: ConversionTarget, facts: ConversionFacts = {}): Outcome<ConvertedCard> => {
  checked(facts);
  const need = needOf(card, to, facts);
  if (need !== undefined) return refuse("unidentified", `${card.name} cannot be converted: ${need}`);
  const conventions = conventionsAfter(card, to);
  const constant = factorsOf(card, to, facts);
  return constant ? byFactors(card, conventions, constant) : alongOptimum(card, conventions, to, facts);
};

const checked = ({ flopsPerToken, embedding, tokensPerSample }: ConversionFacts): void => {
  for (const [name, value] of Object.entries({ flopsPerToken, embedding, tokensPerSample }))
    if (typeof value === "number" && !(value > 0 && Number.isFinite(value)))
      throw badOption(name, value, "a positive number");
};

/** Whether N is to be counted in another way. */
const changesN = ({ conventions: { parameters } }: LawCard, to: ConversionTarget): boolean =>
  to.parameters !== undefined && to.parameters !== parameters.is;

const changesD = ({ conventions: { tokens } }: LawCard, to: ConversionTarget): boolean =>
  to.tokens !== undefined && (to.tokens === "samples") !== (tokens.is === "samples");

/** C = 6ND follows a new N. */
const computeAfter = ({ conventions: { compute } }: LawCard, to: ConversionTarget) => to.compute ?? compute.is;

const changesC = (card: LawCard, to: ConversionTarget): boolean => {
  const after = computeAfter(card, to);
  const { is } = card.conventions.compute;
  return after !== is || (is === "6ND" && changesN(card, to));
};

/** Of C = M·D with M the FLOPs per token, which are exact. */
const isExact = (is: CardConventions["compute"]["is"]): boolean => is === "exact-flops" || is === "flops-per-token";

/** What is missing, in words. */
const needOf = (card: LawCard, to: ConversionTarget, facts: ConversionFacts): string | undefined => {
  const { parameters, tokens, compute } = card.conventions;
  const unknown = (name: keyof CardConventions) => `its conventions.${name} is unknown`;
  if (changesN(card, to)) {
    if (parameters.is === "unknown") return unknown("parameters");
    if (parameters.is === "active" || parameters.is === "without-input-embedding")
      return `it counts ${parameters.is} parameters, which an embedding alone does not turn into ${to.parameters}`;
    if (parameters.is === "flops-per-token") {
      if (facts.flopsPerToken === undefined) return "flopsPerToken is needed, of a model of N parameters";
    } else if (facts.embedding === undefined) return "embedding is needed, the parameters of the embeddings";
  }
  if (changesD(card, to)) {
    if (tokens.is === "unknown") return unknown("tokens");
    if (facts.tokensPerSample === undefined) return "tokensPerSample is needed";
  }
  if (changesC(card, to)) {
    if (compute.is === "unknown") return unknown("compute");
    const after = computeAfter(card, to);
    const ofOneKind = compute.is !== "6ND" && after !== "6ND";
    if (after !== "6ND" && !ofOneKind && facts.flopsPerToken === undefined) return "flopsPerToken is needed";
    if (
      after === "6ND" &&
      typeof facts.flopsPerToken !== "number" &&
      compute.is !== "6ND" &&
      !lawsOf(card).N &&
      !lawsOf(card).M
    )
      return "it has no law of N against C, along which 6ND could be counted";
  }
  return undefined;
};

const conventionsAfter = (card: LawCard, to: ConversionTarget): CardConventions => {
  const { conventions } = card;
  return {
    ...conventions,
    ...(changesN(card, to) && { parameters: { is: to.parameters! } }),
    ...(changesD(card, to) && {
      tokens:
        to.tokens === "samples"
          ? { is: "samples" as const }
          : { is: "unknown" as const, words: "tokens of the samples" },
    }),
    ...(changesC(card, to) && { compute: { is: computeAfter(card, to) } }),
  };
};

/** New over old of N, D and C, where each is the same at every size. */
const factorsOf = (card: LawCard, to: ConversionTarget, facts: ConversionFacts): Factors | undefined => {
  const { flopsPerToken, tokensPerSample = 1 } = facts;
  const { parameters, compute } = card.conventions;
  const k = typeof flopsPerToken === "number" ? flopsPerToken : undefined;
  const sizes = !changesN(card, to) ? 1 : parameters.is === "flops-per-token" && k !== undefined ? 1 / k : undefined;
  if (sizes === undefined) return undefined;
  const data = !changesD(card, to) ? 1 : to.tokens === "samples" ? 1 / tokensPerSample : tokensPerSample;
  return withCompute({ N: sizes, D: data }, card, to, compute.is, k);
};

const withCompute = (
  factors: Factors,
  card: LawCard,
  to: ConversionTarget,
  is: CardConventions["compute"]["is"],
  k: number | undefined,
): Factors | undefined => {
  const after = computeAfter(card, to);
  if (!changesC(card, to)) return { ...factors, C: 1 };
  const [before, then] = [flopsOf(is, k), flopsOf(after, k)];
  if (is !== "6ND" && after !== "6ND") return { ...factors, C: macs(after) / macs(is) };
  return before === undefined || then === undefined ? undefined : { ...factors, C: then / before };
};

const macs = (is: CardConventions["compute"]["is"]): number => (is === "exact-macs" ? 0.5 : 1);

/** k of C = k·N·D, where there is one. */
const flopsOf = (is: CardConventions["compute"]["is"], k: number | undefined): number | undefined =>
  is === "6ND" ? 6 : k === undefined ? undefined : k * macs(is);

const times = (printed: Published, factor: number): Published => {
  if (typeof printed === "number") return printed * factor;
  const { value, standardError, interval, level } = printed;
  return {
    value: value * factor,
    ...(standardError !== undefined && { standardError: standardError * factor }),
    ...(interval && { interval: [interval[0] * factor, interval[1] * factor] as const }),
    ...(level !== undefined && { level }),
  };
};

const isOf = (of: string): of is Names => of === "N" || of === "D" || of === "C";

const byFactors = (card: LawCard, conventions: CardConventions, factors: Factors): Outcome<ConvertedCard> => {
  const factor = (name: string) => (isOf(name) ? (factors[name] ?? 1) : 1);
  // Model scale in FLOPs per token becomes a number of parameters.
  const renamed =
    card.conventions.parameters.is === "flops-per-token" && conventions.parameters.is !== "flops-per-token";
  const laws = card.laws.map((law): CardRelation => {
    const becomesN = renamed && law.of === "M";
    const scale = becomesN ? factor("N") : factor(law.of);
    const { coefficient, floor, units = {} } = law;
    const moved = predictorsOf(law).map((name) => [name, (units[name] ?? 1) * factor(name)] as const);
    const { covariance: _, degreesOfFreedom: __, ...rest } = law;
    return {
      ...(scale === 1 ? law : rest),
      ...(becomesN && { of: "N", unit: "parameters" }),
      ...(coefficient !== undefined && { coefficient: times(coefficient, scale) }),
      ...(floor !== undefined && { floor: times(floor, scale) }),
      units: Object.fromEntries(moved),
    };
  });
  const range = Object.fromEntries(
    Object.entries(card.range).map(([name, [low, high]]) => [name, [low * factor(name), high * factor(name)] as const]),
  );
  const surface = movedSurface(card, factors);
  const { surface: _, ...rest } = card;
  const converted = { ...rest, conventions, range, laws, ...(surface && { surface }), reproduces: [] };
  return { ok: true, card: converted, leftOut: [], deviation: 0 };
};

const movedSurface = (card: LawCard, { N = 1, D = 1, C = 1 }: Factors): LawCard["surface"] => {
  const { surface } = card;
  const found = surfaceOf(card);
  if (!surface || !found.ok) return surface;
  const flopsPerToken = (surface.flopsPerToken * C) / (N * D);
  if (N === 1 && D === 1) return { ...surface, flopsPerToken };
  const form = formOfSurface(found);
  // In the new unit a logarithm is larger by that of the factor: the origin moves by its negative.
  const theta = form.recentre(found.theta, -Math.log(N), -Math.log(D));
  const { covariance: _, degreesOfFreedom: __, ...rest } = surface;
  const names = Object.keys(surface.parameters);
  const parameters = Object.fromEntries(Object.entries(quoted(form, theta)).filter(([name]) => names.includes(name)));
  return { ...rest, parameters, flopsPerToken };
};

/** Size, tokens and compute where the card is optimal, in its own units and in the new ones. */
const movedAt = (
  card: LawCard,
  to: ConversionTarget,
  facts: ConversionFacts,
  C: number,
): { readonly old: Moved; readonly new: Moved } => {
  const laws = lawsOf(card);
  const at = (name: string) => {
    const law = laws[name];
    return law ? valueAt(law.law, C) : undefined;
  };
  const { parameters, tokens, compute } = card.conventions;
  const scale = at("N") ?? at("M")!;
  const size = parameters.is === "flops-per-token" && changesN(card, to) ? sizeOf(scale, facts) : scale;
  const ofTokens = at("D") ?? C / (6 * scale);
  const { tokensPerSample = 1 } = facts;
  // Whatever D counts, compute is spent on tokens.
  const seen = tokens.is === "samples" ? ofTokens * tokensPerSample : ofTokens;
  const N = newSize(card, to, facts, size);
  const D = !changesD(card, to) ? ofTokens : to.tokens === "samples" ? ofTokens / tokensPerSample : seen;
  const after = computeAfter(card, to);
  const own = isExact(compute.is) || compute.is === "exact-macs" ? C / macs(compute.is) : undefined;
  const exact = own ?? perToken(facts, size) * seen;
  const spent = !changesC(card, to) ? C : after === "6ND" ? 6 * N * seen : exact * macs(after);
  return { old: { N: scale, D: ofTokens, C }, new: { N, D, C: spent } };
};

const valueAt = (
  law: { readonly coefficient: { readonly value: number }; readonly exponent: { readonly value: number } },
  C: number,
) => Math.exp(Math.log(law.coefficient.value) + law.exponent.value * Math.log(C));

const perToken = ({ flopsPerToken }: ConversionFacts, N: number): number =>
  typeof flopsPerToken === "function" ? flopsPerToken(N) : flopsPerToken! * N;

/** N of which the FLOPs per token are M. */
const sizeOf = (M: number, facts: ConversionFacts): number =>
  Math.exp(bisect((lnN) => perToken(facts, Math.exp(lnN)) - M, 0, Math.log(1e18)));

const newSize = (card: LawCard, to: ConversionTarget, { embedding = 0 }: ConversionFacts, N: number): number => {
  if (!changesN(card, to) || card.conventions.parameters.is === "flops-per-token") return N;
  const of = typeof embedding === "function" ? embedding(N) : embedding;
  return to.parameters === "all" ? N + of : N - of;
};

const alongOptimum = (
  card: LawCard,
  conventions: CardConventions,
  to: ConversionTarget,
  facts: ConversionFacts,
): Outcome<ConvertedCard> => {
  const laws = lawsOf(card);
  const range = card.range.C;
  if (!laws.N && !laws.M)
    return refuse(
      "unidentified",
      `${card.name} cannot be converted: it has no law of N against C, along which N could be counted`,
    );
  if (!range) return refuse("unidentified", `${card.name} cannot be converted: its range of C is unknown`);
  const points = spaced(range[0], range[1], POINTS).map((C) => movedAt(card, to, facts, C));
  const bad = points.find(({ new: { N, C } }) => !(N > 0 && C > 0));
  if (bad)
    return refuse("unidentified", `${card.name} cannot be converted: at C = ${bad.old.C} no parameters are left`);
  const moved = points.map((point) => point.new);
  const through = (law: CardRelation): { readonly relation: CardRelation; readonly deviation: number } | string => {
    const names = predictorsOf(law);
    if (names.length !== 1 || names[0] !== "C")
      return `a law of ${names.join(" and ")}, which no longer scale by a factor`;
    if (law.coefficient === undefined) return "only its exponent is known";
    const found = laws[law.of];
    const becomesN = law.of === "M" || law.of === "N";
    const of = becomesN ? "N" : law.of;
    const above = (C: number) => valueAt(found!.law, C);
    const y = becomesN
      ? moved.map(({ N }) => N)
      : law.of === "D"
        ? moved.map(({ D }) => D)
        : points.map(({ old }) => above(old.C));
    const x = moved.map(({ C }) => C);
    const fit = powerLaw(x, y);
    if (!fit.ok) return fit.message;
    const off = x.map((C, i) =>
      Math.abs(Math.exp(fit.logCoefficient.value + fit.exponent.value * Math.log(C)) / y[i]! - 1),
    );
    const deviation = Math.max(...off);
    const same = Math.abs(fit.exponent.value - valueOf(law.exponents.C!)) < SAME;
    const { units: _, covariance: __, degreesOfFreedom: ___, range: ____, note: _____, ...rest } = law;
    const relation: CardRelation = {
      ...rest,
      of,
      ...(becomesN && { unit: "parameters" }),
      coefficient: fit.coefficient.value,
      exponents: { C: same ? law.exponents.C! : fit.exponent.value },
      note: "converted along the optimum of the card",
    };
    return { relation, deviation };
  };
  const outcomes = card.laws.map((law) => ({ law, outcome: through(law) }));
  const kept = outcomes.flatMap(({ outcome }) => (typeof outcome === "string" ? [] : [outcome]));
  const leftOut = outcomes.flatMap(({ law, outcome }) =>
    typeof outcome === "string" ? [{ of: law.of, why: outcome }] : [],
  );
  const { surface, ...rest } = card;
  if (surface)
    leftOut.push({
      of: "surface",
      why: "N is not scaled by a factor; give the FLOP rule to optimalAllocation instead",
    });
  const ends = (name: Names) => {
    const values = moved.map((one) => one[name]);
    return [Math.min(...values), Math.max(...values)] as const;
  };
  return {
    ok: true,
    card: { ...rest, conventions, range: { C: ends("C") }, laws: kept.map(({ relation }) => relation), reproduces: [] },
    leftOut,
    deviation: kept.reduce((most, { deviation }) => Math.max(most, deviation), 0),
  };
};

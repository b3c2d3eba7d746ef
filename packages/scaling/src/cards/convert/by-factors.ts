import type { Matrix } from "../../math/linear.js";
import { moveOrigin } from "../../surface/covariance.js";
import { quoted } from "../../surface/form.js";
import { formOfSurface } from "../../surface/surface.js";
import { printedValue } from "../printed.js";
import type { CardRelation, LawCard, Published } from "../schema.js";
import { surfaceOf } from "../surface-of.js";
import { type Compute, conventionsAfter, isScale, type LeftUnconverted, type Plan, unitOf } from "./plan.js";

/** New over old of N, D and C. */
export interface Factors {
  readonly N: number;
  readonly D: number;
  readonly C: number;
}

/** The factors of a plan, where each is the same at every size. */
export const factorsOf = (plan: Plan): Factors | undefined => {
  const { to, facts, changes, before, after } = plan;
  const { flopsPerToken, tokensPerSample = 1 } = facts;
  const k = typeof flopsPerToken === "number" ? flopsPerToken : undefined;
  const N = !changes.N ? 1 : isScale(plan) && k !== undefined ? 1 / k : undefined;
  const D = !changes.D ? 1 : to.tokens === "samples" ? 1 / tokensPerSample : tokensPerSample;
  const C = !changes.C ? 1 : ofCompute(before, after, k);
  return N === undefined || C === undefined ? undefined : { N, D, C };
};

const ofCompute = (before: Compute, after: Compute, k: number | undefined): number | undefined => {
  if (before !== "6ND" && after !== "6ND") return unitOf(after) / unitOf(before);
  const [old, then] = [perSizeAndToken(before, k), perSizeAndToken(after, k)];
  return old === undefined || then === undefined ? undefined : then / old;
};

/** k of C = k·N·D, where there is one. */
const perSizeAndToken = (compute: Compute, k: number | undefined): number | undefined =>
  compute === "6ND" ? 6 : k === undefined ? undefined : k * unitOf(compute);

/** A card of which N, D and C are multiplied: exactly the same laws, with their errors. */
export const byFactors = (
  plan: Plan,
  factors: Factors,
): { readonly card: LawCard; readonly leftOut: readonly LeftUnconverted[] } => {
  const { card } = plan;
  const factor = (name: string): number =>
    name === "M" && isScale(plan) ? factors.N : (factors[name as keyof Factors] ?? 1);
  const laws = card.laws.map((law): CardRelation => {
    const scale = factor(law.of);
    const { coefficient, floor, units = {}, covariance, degreesOfFreedom, ...rest } = law;
    const moved = Object.keys(law.exponents).map((name) => [name, (units[name] ?? 1) * factor(name)] as const);
    return {
      ...rest,
      ...(law.of === "M" && isScale(plan) && { of: "N", unit: "parameters" }),
      ...(coefficient !== undefined && { coefficient: times(coefficient, scale) }),
      ...(floor !== undefined && { floor: times(floor, scale) }),
      // It is of logarithms, and of a floor as it is printed.
      ...(covariance && (scale === 1 || floor === undefined) && { covariance, degreesOfFreedom: degreesOfFreedom! }),
      units: Object.fromEntries(moved),
    };
  });
  const range = Object.entries(card.range).map(([name, [low, high]]) => {
    const by = factor(name);
    return [name, [low * by, high * by]] as const;
  });
  const { surface: _, ...rest } = card;
  const fixed = card.surface && anchoredIn(card, factors);
  const surface = fixed === undefined ? movedSurface(card, factors) : undefined;
  const whole = {
    ...rest,
    conventions: conventionsAfter(plan),
    range: Object.fromEntries(range),
    laws,
    reproduces: [],
  };
  const leftOut =
    fixed === undefined ? [] : [{ of: "surface", why: `${fixed} of the form ${card.surface!.form} has no other unit` }];
  return { card: surface ? { ...whole, surface } : whole, leftOut };
};

const times = (printed: Published, factor: number): Published => {
  if (typeof printed === "number" || factor === 1) return factor === 1 ? printed : printedValue(printed) * factor;
  const { value, standardError, interval, level } = printed;
  return {
    value: value * factor,
    ...(standardError !== undefined && { standardError: standardError * factor }),
    ...(interval && { interval: [interval[0] * factor, interval[1] * factor] as const }),
    ...(level !== undefined && { level }),
  };
};

/** What is to be counted in another unit and cannot be, under the surface's form. */
const anchoredIn = (card: LawCard, factors: Factors): "N" | "D" | undefined => {
  const found = surfaceOf(card);
  return found.ok ? formOfSurface(found).anchored?.find((name) => factors[name] !== 1) : undefined;
};

/** The same surface, with N and D in other units. */
const movedSurface = (card: LawCard, { N, D, C }: Factors): LawCard["surface"] => {
  const { surface } = card;
  const found = surfaceOf(card);
  if (!surface || !found.ok) return surface;
  const flopsPerToken = (surface.flopsPerToken * C) / (N * D);
  if (N === 1 && D === 1) return { ...surface, flopsPerToken };
  const form = formOfSurface(found);
  // In the new unit a logarithm is larger by that of the factor: the origin moves by its negative.
  const theta = form.recentre(found.theta, -Math.log(N), -Math.log(D));
  const { covariance, ...rest } = surface;
  const given = Object.keys(surface.parameters);
  const parameters = Object.entries(quoted(form, theta)).filter(([name]) => given.includes(name));
  return {
    ...rest,
    parameters: Object.fromEntries(parameters),
    flopsPerToken,
    ...(covariance && {
      covariance: moveOrigin(form, found.theta, covariance as Matrix, -Math.log(N), -Math.log(D)),
    }),
  };
};

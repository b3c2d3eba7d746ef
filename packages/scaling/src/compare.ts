import { badOption, ScalingError } from "./errors.js";
import { formOfLaw } from "./laws/fit.js";
import type { Law } from "./laws/form.js";
import { lawForms } from "./laws/forms.js";
import { extent } from "./math/extent.js";
import { ascending, quantileSorted } from "./math/quantile.js";
import { random } from "./math/random.js";
import { bisect } from "./math/search.js";
import type { ComparedLaw, LawComparison } from "./records/answers.js";
import { type Flops, type Interval, type Loss, refuse } from "./types.js";

export interface CompareOptions {
  /** Budgets at which the laws are compared. Default: the largest either law was fitted to, and ten times that. */
  readonly at?: readonly Flops[] | undefined;
  /** Where a crossing is looked for. Default 10⁶ … 10³⁰ FLOPs. */
  readonly range?: readonly [Flops, Flops] | undefined;
  /** Draws from the laws' uncertainty, 1 to 10⁶. Default 2000. */
  readonly draws?: number | undefined;
  readonly seed?: number | undefined;
  /** What is compared. Default `loss`. */
  readonly quantity?: string | undefined;
}

type Curve = (C: Flops) => Loss;

/** A law at its best, and drawn from its uncertainty. */
interface Side {
  readonly curve: Curve;
  readonly draws: readonly Curve[];
}

/** Quantiles of more are no better, and all are held at once. */
const MOST_DRAWS = 1e6;

/**
 * Two laws of the loss against compute: who is better where, by how much compute, and where they cross. Of a law whose errors are not
 * known the intervals hold nothing; of two such laws there are none.
 * @throws ScalingError `bad-option` for a range or a number of draws that cannot be, or a form of law without draws
 */
export const compareLaws = (a: ComparedLaw, b: ComparedLaw, options: CompareOptions = {}): LawComparison => {
  const { range = [1e6, 1e30], draws = 2000, seed = 0, quantity = "loss" } = options;
  if (!(range[0] > 0 && range[1] > range[0])) {
    throw badOption("range", range.join(" … "), "two positive numbers, the smaller first");
  }
  if (!(Number.isInteger(draws) && draws >= 1 && draws <= MOST_DRAWS))
    throw badOption("draws", draws, `a whole number from 1 to ${MOST_DRAWS}`);
  const [, most] = extent([...a.data.x, ...b.data.x]);
  const { at = [most, 10 * most] } = options;
  const [sideA, sideB] = [sideOf(a.law, draws, seed, 0), sideOf(b.law, draws, seed, 1)];
  const errorless = [a, b].every(({ law }) => formOfLaw(law).errorless?.(law));
  const both = (f: (a: Curve, b: Curve) => number) => ({
    value: f(sideA.curve, sideB.curve),
    ci95: errorless ? UNKNOWN : interval(sideA.draws.map((curve, i) => f(curve, sideB.draws[i]!))),
  });
  const crossing = crossingOf(sideA, sideB, range);
  return {
    record: "comparison",
    quantity,
    a,
    b,
    crossing: crossing.ok && errorless ? { ...crossing, ci95: UNKNOWN } : crossing,
    at: at.map((C) => ({
      C,
      a: sideA.curve(C),
      b: sideB.curve(C),
      difference: both((a, b) => b(C) - a(C)),
      effectiveCompute: both((a, b) => computeRatio(a, b, C)),
    })),
    draws,
    seed,
  };
};

const sideOf = (law: Law, draws: number, seed: number, stream: number): Side => {
  const form = formOfLaw(law);
  if (form.draws) return { curve: (C) => form.value(law, C), draws: form.draws(law, draws, random(seed, stream)) };
  const names = [...lawForms].filter((form) => form.draws).map(({ name }) => name);
  const message = `a law of the form ${law.kind} cannot be compared; expected ${names.join(" or ")}`;
  throw new ScalingError("bad-option", message);
};

/** Of two laws that come without errors. */
const UNKNOWN: Interval = [Number.NaN, Number.NaN];

const interval = (values: readonly number[]): Interval => {
  const sorted = ascending(values);
  // Interpolating between infinite draws would give NaN; order statistics do not.
  const at = (p: number) => {
    const v = quantileSorted(sorted, p);
    return Number.isNaN(v) ? sorted[Math.round(p * (sorted.length - 1))]! : v;
  };
  return [at(0.025), at(0.975)];
};

const REACH = Math.log(1e40);

const computeRatio = (a: Curve, b: Curve, C: Flops): number => {
  const target = a(C);
  const excess = (lnRatio: number) => target - b(C * Math.exp(lnRatio));
  if (excess(REACH) < 0) return Number.POSITIVE_INFINITY;
  if (excess(-REACH) > 0) return 0;
  return Math.exp(bisect(excess, -REACH, REACH));
};

const SCAN = 400;

const firstCrossing = (a: Curve, b: Curve, [low, high]: readonly [number, number]): Flops | undefined => {
  const gap = (lnC: number) => Math.log(a(Math.exp(lnC)) / b(Math.exp(lnC)));
  const from = Math.log(low);
  const width = (Math.log(high) - from) / SCAN;
  let left = gap(from);
  for (let i = 1; i <= SCAN; i++) {
    const right = gap(from + i * width);
    if (left !== 0 && left > 0 !== right > 0) return Math.exp(bisect(gap, from + (i - 1) * width, from + i * width));
    left = right;
  }
  return undefined;
};

const crossingOf = (a: Side, b: Side, range: readonly [number, number]): LawComparison["crossing"] => {
  const C = firstCrossing(a.curve, b.curve, range);
  if (C === undefined) {
    const [low, high] = range.map((end) => end.toExponential(0));
    return refuse("unreachable", `the laws do not cross between ${low} and ${high} FLOPs`);
  }
  const found = a.draws.flatMap((f, i) => firstCrossing(f, b.draws[i]!, range) ?? []);
  const share = found.length / a.draws.length;
  if (share < 0.5) {
    const message = `the laws cross at ${C.toExponential(2)}, but in only ${Math.round(100 * share)} % of the draws`;
    return refuse("unidentified", message);
  }
  return { ok: true, C, ci95: interval(found), share };
};

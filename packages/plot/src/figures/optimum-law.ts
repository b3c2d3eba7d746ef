import {
  type Estimate,
  extent,
  type Flops,
  type Interval,
  optimalAllocation,
  type Parameters,
  type Predicted,
  predictRollOut,
  type RollOut,
  rollOutEstimate,
  spaced,
  type Tokens,
} from "@isoflop/scaling";
import type { CurvePoint } from "../chart/curve.js";
import { type LawName, lawNames } from "./laws.js";

/** The optimum of a compute, as a law has it. */
export interface OptimumAnswer extends Readonly<Record<LawName, Predicted>> {
  readonly C: Flops;
}

/** The law that predicts: what a mixture of forms says of the optimum of any compute, and of any size there. */
export interface OptimumLaw {
  /** Smallest and largest compute of the budgets that it was fitted to. */
  readonly fitted: Interval;
  /** `ci95` is where the law is, `interval95` of the loss where a run of the optimal size falls. Undefined where most forms have no optimum. */
  at(C: Flops): OptimumAnswer | undefined;
  /** Of a size that is trained on a compute. */
  lossOf(C: Flops, N: Parameters): Predicted | undefined;
  /** What a compute leaves to a size. */
  tokensOf(C: Flops, N: Parameters): Tokens;
  /** From the smallest budget to a compute, evenly in ln C. */
  upTo(C: Flops): readonly OptimumAnswer[];
  /** Mean of d ln y / d ln C over the fitted range. */
  exponents(): Readonly<Record<LawName, Estimate>>;
}

/** Each asks every form with its errors; the law is smooth. */
const steps = 25;

/** The median of forms of which most are the better the larger, or the smaller, is no size. */
const isSize = (N: Parameters): boolean => N > 0 && Number.isFinite(N);

/** @param budgets two at least */
export const optimumLaw = (fit: RollOut, budgets: readonly Flops[]): OptimumLaw => {
  const fitted = extent(budgets);
  const known = new Map<Flops, OptimumAnswer | undefined>();
  const at = (C: Flops): OptimumAnswer | undefined => {
    if (!known.has(C)) {
      const answer = predictRollOut(fit, { C });
      known.set(C, answer.ok && isSize(answer.predicted.N.value) ? { C, ...answer.predicted } : undefined);
    }
    return known.get(C);
  };
  const tokensOf = (C: Flops, N: Parameters): Tokens => C / (fit.flopsPerToken * N);
  let exponents: Readonly<Record<LawName, Estimate>> | undefined;
  return {
    fitted,
    at,
    tokensOf,
    lossOf(C, N) {
      const answer = predictRollOut(fit, { N, D: tokensOf(C, N) });
      return answer.ok ? answer.predicted.loss : undefined;
    },
    upTo: (C) => spaced(fitted[0], C, steps).flatMap((one) => at(one) ?? []),
    exponents() {
      exponents ??= exponentsOf(fit, fitted);
      return exponents;
    },
  };
};

const exponentsOf = (fit: RollOut, [low, high]: Interval): Readonly<Record<LawName, Estimate>> => {
  const mean = (name: LawName): Estimate =>
    rollOutEstimate(fit, (surface) => {
      const [from, to] = [optimalAllocation(surface, low), optimalAllocation(surface, high)];
      return from.ok && to.ok ? Math.log(to[name] / from[name]) / Math.log(high / low) : Number.NaN;
    });
  const [N, D, loss] = lawNames.map(mean) as [Estimate, Estimate, Estimate];
  return { N, D, loss };
};

/** One of its laws as a curve with its band. */
export const curveOf = (answers: readonly OptimumAnswer[], name: LawName): CurvePoint[] =>
  answers.map(({ C, [name]: { value, ci95 } }) => ({ x: C, y: value, ci95 }));

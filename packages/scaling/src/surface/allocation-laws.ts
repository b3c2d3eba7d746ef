import { exponentiate } from "../inference/estimate.js";
import type { Flops, Run } from "../types.js";
import { allocationExponents, optimalAllocation } from "./allocate.js";
import { formOfSurface, type Surface } from "./surface.js";
import type { AllocationLaw, AllocationLaws } from "./surface-fit.js";
import { deltaMethod, type Statistic, type UncertainSurface } from "./uncertainty.js";

type Name = "N" | "D" | "loss";
const NAMES: readonly Name[] = ["N", "D", "loss"];

const floorOf = (surface: Surface): number => formOfSurface(surface).floor(surface.theta);

/** Exponents at C; the same at every C where the optimum is one of two powers. */
const exponentOf: Readonly<Record<Name, (C: Flops) => Statistic>> = {
  N: (C) => (surface) => allocationExponents(surface, C).N,
  D: (C) => (surface) => allocationExponents(surface, C).D,
  loss: (C) => (surface) => {
    const { trade } = formOfSurface(surface);
    // Both terms fall alike along the optimum, with the slope in N times the exponent of N*.
    if (trade) return -trade(surface.theta).slope * allocationExponents(surface, C).N;
    const [low, high] = [-STEP, STEP].map((step) => optimalAllocation(surface, C * Math.exp(step)));
    if (!low!.ok || !high!.ok) return Number.NaN;
    const floor = floorOf(surface);
    return Math.log((high!.loss - floor) / (low!.loss - floor)) / (2 * STEP);
  },
};

/** A step of ln C over which the optimal loss moves measurably and stays a power. */
const STEP = 0.05;

const logCoefficient =
  (name: Name, C: Flops): Statistic =>
  (surface) => {
    const best = optimalAllocation(surface, C);
    if (!best.ok) return Number.NaN;
    const value = name === "loss" ? best.loss - floorOf(surface) : best[name];
    return Math.log(value) - exponentOf[name](C)(surface) * Math.log(C);
  };

/**
 * The three laws with delta-method errors; undefined where the surface has no optimum.
 * @param C a compute amid the data, where the optimum is evaluated
 */
export const allocationLaws = (fit: UncertainSurface, C: Flops): AllocationLaws | undefined => {
  if (!optimalAllocation(fit, C).ok) return undefined;
  const law = (name: Name): AllocationLaw => {
    const log = deltaMethod(fit, logCoefficient(name, C));
    return { coefficient: exponentiate(log), logCoefficient: log, exponent: deltaMethod(fit, exponentOf[name](C)) };
  };
  const laws = { N: law("N"), D: law("D"), loss: { ...law("loss"), floor: floorOf(fit) } };
  return formOfSurface(fit).trade ? laws : { ...laws, at: C };
};

/** The same numbers, for a bootstrap. */
export const allocationStatistics = (C: Flops): Readonly<Record<string, Statistic>> =>
  Object.fromEntries(
    NAMES.flatMap((name) => [
      [`${name}.exponent`, exponentOf[name](C)],
      [`${name}.logCoefficient`, logCoefficient(name, C)],
    ]),
  );

/** Where allocations are evaluated: coefficients at C = 1 lie far outside any data. */
export const middleCompute = (runs: readonly Run[]): Flops =>
  Math.exp(runs.reduce((sum, run) => sum + Math.log(run.C), 0) / runs.length);

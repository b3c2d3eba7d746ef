import { predictPowerLaw } from "../laws/power.js";
import { fSurvival, studentFactor95 } from "../math/distributions.js";
import { extent } from "../math/extent.js";
import { leastSquares } from "../math/linear.js";
import type { Outcome } from "../types.js";
import type { FittedBudgets } from "./budgets.js";
import { optimumMethods } from "./methods/index.js";
import {
  type BudgetProfile,
  type Corrected,
  type FitWarning,
  type IsoFlop,
  isInterior,
  type Misfit,
} from "./record.js";

/** A bias below this share of the standard error moves a 95 % interval's coverage by less than two points. */
export const NOTABLE_BIAS = 0.5;

/** A bias below a thousandth of N* is nobody's concern. */
export const LEAST_BIAS = 1e-3;

/** Half-width of a 95 % interval of ln y in standard errors. */
export const logError = ([low, high]: readonly [number, number], degreesOfFreedom: number): number =>
  Math.log(high / low) / (2 * studentFactor95(degreesOfFreedom));

const percent = (share: number): string => `${(100 * Math.abs(share)).toPrecision(3)} %`;
const side = (share: number): string => (share > 0 ? "too high" : "too low");

/** The chance of a budget's residuals beyond the noise, where a misfit is significant over all of them. */
const BEYOND_NOISE = 0.01;

/** Marks the budgets that show the misfit themselves. */
export const withMisfit = (
  budgets: readonly BudgetProfile[],
  { standardDeviation, degreesOfFreedom }: IsoFlop["noise"],
  misfit: Outcome<Misfit>,
  { axis, optimum }: IsoFlop["choices"],
): readonly BudgetProfile[] => {
  if (!misfit.ok || !misfit.significant || optimumMethods.get(optimum).value) return budgets;
  return budgets.map((budget) => {
    const { sumOfSquares = 0, degreesOfFreedom: free = 0 } = budget.parabola?.[axis] ?? {};
    if (!isInterior(budget) || !(free > 0)) return budget;
    const ratio = sumOfSquares / free / standardDeviation ** 2;
    const freedom = Number.isFinite(degreesOfFreedom) ? degreesOfFreedom : 1e6;
    const beyond = !Number.isFinite(ratio) || fSurvival(ratio, free, freedom) < BEYOND_NOISE;
    return beyond ? { ...budget, warnings: [...budget.warnings, "misfit" as const] } : budget;
  });
};

/** A drift of the grid's centre over the budgets by more than this share of its width. */
const DRIFT = 0.2;

/** What a reader of the laws must know. */
export const fitWarnings = (
  fit: FittedBudgets,
  noise: IsoFlop["noise"],
  misfit: Outcome<Misfit>,
  corrected: Outcome<Corrected>,
): readonly FitWarning[] => {
  const { N, choices } = fit;
  const { axis } = choices;
  const method = optimumMethods.get(choices.optimum);
  const warnings: FitWarning[] = [];
  if (misfit.ok && misfit.significant && !method.value) {
    const p = misfit.pValue < 1e-6 ? "p < 1e-6" : `p = ${misfit.pValue.toPrecision(2)}`;
    const [size, scatter] = [misfit, noise].map(({ standardDeviation }) => standardDeviation.toPrecision(3));
    const alike = misfit.from === "common-shape" ? ", all of them alike" : "";
    const message = `the budgets depart from parabolas${alike}, by ${size}, where a run scatters by ${scatter} (${p}): model error, not noise`;
    warnings.push({ about: "misfit", message });
  }
  if (!N.ok || !corrected.ok) return warnings;
  const interior = fit.budgets.filter(isInterior);
  const lnC = interior.map(({ C }) => Math.log(C));
  const middle = Math.exp(lnC.reduce((s, v) => s + v, 0) / lnC.length);
  const raw = predictPowerLaw(N, middle);
  const bias = raw.value / predictPowerLaw(corrected.N, middle).value - 1;
  if (
    Math.abs(bias) > LEAST_BIAS &&
    Math.abs(Math.log1p(bias)) > NOTABLE_BIAS * logError(raw.ci95, N.degreesOfFreedom)
  ) {
    const message = `by the ${corrected.form === "slices" ? "slices" : "surface"} through these runs the plain ${method.noun} puts N* ${percent(bias)} ${side(bias)}, an error that its interval does not include`;
    warnings.push({ about: "bias", message });
  }
  const bend = N.exponent.value - corrected.N.exponent.value;
  const centres = interior.map((budget, b) => {
    const [low, high] = extent(budget.runs.map((run) => Math.log(run[axis])));
    return { width: high - low, offset: (low + high) / 2 - Math.log(corrected.budgets[b]![axis]) };
  });
  const trend = leastSquares(
    lnC.map((v) => [1, v - lnC[0]!]),
    centres.map(({ offset }) => offset),
  );
  const drift = (trend?.coefficients[1] ?? 0) * (lnC[lnC.length - 1]! - lnC[0]!);
  const width = centres.reduce((s, c) => s + c.width, 0) / centres.length;
  if (Math.abs(drift) > DRIFT * width && Math.abs(bend) > NOTABLE_BIAS * N.exponent.standardError) {
    const way = `a factor of ${Math.exp(Math.abs(drift)).toPrecision(2)} ${drift > 0 ? "upwards" : "downwards"}`;
    const message = `the sizes' centre drifts from the optimum by ${way} from the smallest to the largest budget; that bends the exponent of N* by ${bend.toPrecision(2)}`;
    warnings.push({ about: "drift", message });
  }
  return warnings;
};

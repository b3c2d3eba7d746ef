import { type IsoFlopOptimum, isoFlopFigure, type Law, lawsFigure, type Run } from "@isoflop/plot";
import { groupByBudget, type PowerLaw, predictPowerLaw, quantityOf } from "@isoflop/scaling";
import { drawn, drawnNote } from "../../page/drawn.js";
import type { Page } from "../../page/page.js";
import { BEYOND, largest, smallest, spaced } from "../../range.js";
import type { LoadedRuns } from "../../runs/load.js";
import { budgetCurve } from "./budget-curve.js";
import type { IsoFlopDocument } from "./fit.js";

/** The curves at equal compute and the laws. Budgets that were refused are drawn as such. */
export const isoFlopPage = (loaded: LoadedRuns, fit: IsoFlopDocument): Page => {
  const { choices } = fit;
  const all = runsOf(loaded, fit);
  const runs = drawn(all);
  const measured = new Set(all.map(({ budget }) => budget));
  const budgets = fit.budgets.filter(({ C }) => measured.has(C));
  const study = { runs, isoflop: budgets.map((budget) => optimumOf(budget, all, choices)) };
  const laws = lawsOf(fit);
  const words = {
    size: choices.axis === "N" ? "params" : "tokens",
    ...(choices.quantity !== "loss" && { quantity: choices.quantity }),
  } as const;
  return {
    title: `${choices.quantity === "loss" ? "Loss" : choices.quantity} at equal compute`,
    budgets: budgets.length,
    figures: [
      runs.length > 0 && {
        draw: (options) => isoFlopFigure(study, { ...options, ...words }),
        caption: `Dots are runs, curves ${curveWords(choices)}, diamonds the minima; hollow and dashed: refused.${drawnNote(all)}`,
      },
      laws && {
        draw: (options) => lawsFigure({ ...study, laws }, { ...options, ...words }),
        caption:
          "The optima against compute, and the laws through them. Grey: pointwise 95 % bands. Beyond the largest budget the lines are extrapolations.",
      },
    ],
  };
};

const curveWords = ({ optimum, scale, axis }: IsoFlopDocument["choices"]): string => {
  const of = scale === "log" ? `the logarithm, transformed back, in ln ${axis}` : `ln ${axis}`;
  if (optimum === "akima") return `the Akima splines ${scale === "log" ? `of ${of}` : `in ${of}`}`;
  const robust = optimum === "huber" ? ", by Huber's estimate" : "";
  return `the fitted parabolas ${scale === "log" ? `of ${of}` : `in ${of}`}${robust}`;
};

const runsOf = ({ runs }: LoadedRuns, { choices }: IsoFlopDocument): Run[] => {
  const { quantity } = choices;
  return groupByBudget(runs, choices.tolerance, choices.budgets).flatMap((budget) =>
    budget.runs.flatMap((run): Run[] => {
      const value = quantityOf(run, quantity);
      // A run without the metric took no part.
      if (!(value !== undefined && value > 0)) return [];
      const lossStdErr = quantity === "loss" ? (run.sigma ?? 0) : 0;
      const { N, D, C, row } = run;
      const id = `row ${row}`;
      return [{ id, budget: budget.C, params: N, tokens: D, flops: C, loss: value, lossStdErr, seconds: 0 }];
    }),
  );
};

const optimumOf = (
  budget: IsoFlopDocument["budgets"][number],
  runs: readonly Run[],
  choices: IsoFlopDocument["choices"],
): IsoFlopOptimum => {
  if (budget.status !== "interior") {
    const none = { optimalParams: null, optimalTokens: null, optimalLoss: null };
    return { budget: budget.C, ...none, interior: false, reason: budget.status };
  }
  const { optimum } = budget;
  return {
    budget: budget.C,
    optimalParams: optimum.N.value,
    optimalTokens: optimum.D.value,
    optimalLoss: optimum.loss.value,
    interior: true,
    curve: budgetCurve(
      budget,
      runs.filter((run) => run.budget === budget.C),
      choices,
    ),
  };
};

const lawsOf = ({ laws, budgets }: IsoFlopDocument): { params: Law; tokens: Law; loss: Law } | undefined => {
  const { N, D, loss } = laws;
  if (!N.ok || !D.ok || !loss.ok) return undefined;
  const computes = budgets.map(({ C }) => C);
  const xs = spaced(smallest(computes), BEYOND * largest(computes));
  return { params: lawOf(N, xs), tokens: lawOf(D, xs), loss: lawOf(loss, xs) };
};

const lawOf = (law: PowerLaw, computes: readonly number[]): Law => {
  const band = computes.map((compute) => {
    const [low, high] = predictPowerLaw(law, compute).ci95;
    return { compute, low, high };
  });
  const { coefficient, exponent } = law;
  return { coefficient: coefficient.value, exponent: exponent.value, ci95: exponent.ci95, band };
};

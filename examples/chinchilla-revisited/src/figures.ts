import {
  type FigureOptions,
  fitResidualsFigure,
  type IsoFlopOptimum,
  intervalsFigure,
  isoFlopFigure,
  type PageFigure,
  type Run as PlottedRun,
  pageTheme,
  surfaceFigure,
} from "@isoflop/plot";
import { document } from "@isoflop/plot/node";
import { type BudgetProfile, groupByBudget, isInterior, surfaceLoss } from "@isoflop/scaling";
import { round } from "isoflop/words";
import type { Analysis } from "./analysis.js";
import { type Compared, comparedEstimates } from "./estimates.js";
import { budgets, tolerance } from "./isoflop.js";
import { nominal } from "./nominal.js";
import { plane, spaced } from "./plane.js";

const onPage = (width: number): FigureOptions => ({ document, theme: pageTheme, width });

/** Loss against N at equal compute, with the parabolas. */
export const isoFlopCurves = ({ loaded, isoFlop: { fit } }: Analysis): PageFigure => {
  const runs = groupByBudget(loaded.used, tolerance, budgets).flatMap((group) =>
    group.runs.map(
      ({ N, D, C, loss, row }): PlottedRun => ({
        ...{ id: `row ${row}`, budget: nominal(group.C), params: N, tokens: D, flops: C },
        ...{ loss, lossStdErr: 0, seconds: 0 },
      }),
    ),
  );
  const isoflop = fit.budgets.map((budget) =>
    optimum(
      budget,
      runs.filter((run) => run.budget === nominal(budget.C)),
    ),
  );
  return {
    draw: (width) => isoFlopFigure({ runs, isoflop }, { ...onPage(width), quantity: "loss" }),
    caption: `Runs of each budget, whose compute scatters by up to ${100 * tolerance} %, with the parabola in ln N and its vertex; dashed and hollow where there is no interior minimum.${fit.unassigned.length > 0 ? ` ${fit.unassigned.length} runs of other compute are not shown.` : ""}`,
  };
};

const optimum = (profile: BudgetProfile, runs: readonly PlottedRun[]): IsoFlopOptimum => {
  const budget = nominal(profile.C);
  if (!isInterior(profile) || !profile.parabola) {
    const none = { optimalParams: null, optimalTokens: null, optimalLoss: null };
    return { budget, interior: false, reason: profile.status, ...none };
  }
  const { x, y, curvature } = profile.parabola.N;
  const sizes = runs.map(({ params }) => params);
  const curve = spaced(Math.min(...sizes), Math.max(...sizes), 61).map((size) => ({
    size,
    loss: y.value + curvature.value * (Math.log(size) - x.value) ** 2,
  }));
  const { N, D, loss } = profile.optimum;
  return {
    ...{ budget, interior: true, curve },
    ...{ optimalParams: N.value, optimalTokens: D.value, optimalLoss: loss.value },
  };
};

/** The log-Huber surface with its runs and frontier. */
export const surfaceContours = ({ loaded, huber, target }: Analysis): PageFigure => {
  const data = plane(huber.fit, loaded.used, { C: target, N: huber.answer.N });
  return {
    draw: (width) => surfaceFigure(data, onPage(width)),
    caption: `Contours of the log-Huber surface; dots are the runs, coloured by their measured loss. Thick: the compute-optimal size with its pointwise 95 % band by the delta method, dashed beyond the largest run. The diamond is the optimum at ${round(target)} FLOPs with its bootstrap interval.`,
  };
};

/** How far the runs lie off the log-Huber surface. */
export const residuals = ({ loaded, huber: { fit } }: Analysis): PageFigure => {
  const data = {
    points: loaded.used.map(({ N, D, C, loss, row }) => ({
      ...{ measured: loss, predicted: surfaceLoss(fit, { N, D }), at: C, size: N },
      label: `row ${row}`,
    })),
    at: { label: "compute C, FLOPs", format: "scientific" },
    size: { label: "model size N, parameters", format: "count" },
    standardDeviation: fit.residualStandardDeviation,
  } as const;
  return {
    draw: (width) => fitResidualsFigure(data, onPage(width)),
    caption:
      "Residuals of the log-Huber surface against the predicted loss and against compute. A trend, or colours that part, would be structure that the form does not have.",
  };
};

/** One number by every method, beside the truth or the published value. */
export const comparison = (
  { name, words, estimates, reference: at }: Compared,
  label: string | undefined,
  options: FigureOptions,
): string =>
  intervalsFigure(
    {
      quantity: { label: words, format: name === "N*" || name === "D*" ? "count" : "plain" },
      log: name === "N*" || name === "D*" || name === "A" || name === "B",
      rows: estimates.map(({ method, estimate: { value, ci95 } }) => ({ name: method, value, interval: ci95 })),
      ...(at !== undefined && label !== undefined && { reference: { at, label } }),
    },
    options,
  );

const drawn = ["a", "N*", "alpha", "beta"];

/** The methods beside each other, number by number. */
export const comparisons = (analysis: Analysis): PageFigure[] =>
  comparedEstimates(analysis)
    .filter(({ name }) => drawn.includes(name))
    .map((compared) => ({
      half: true,
      draw: (width) => comparison(compared, analysis.reference?.label, onPage(width)),
      caption: `The ${compared.words}${compared.name === "N*" ? `, ${round(analysis.target)} FLOPs` : ""}.`,
    }));

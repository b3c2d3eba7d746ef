import type { IsoFlop } from "@isoflop/scaling";
import { csvOf } from "../chart/data.js";
import type { Figure } from "../chart/figure.js";
import type { FigureOptions } from "../chart/sheet.js";
import { verticesOf } from "../figures/budgets.js";
import { envelopeFigure } from "../figures/envelope.js";
import { heldOutCurve } from "../figures/held-out-curve.js";
import { equalComputeFigure } from "../figures/isoflop.js";
import { byCompute, type HeldOut, lawNames, lawsFigure, optimumLawFigure } from "../figures/laws.js";
import { linkFigure } from "../figures/link.js";
import { lossCurvePanels, lossCurvesFigure } from "../figures/loss-curves.js";
import { mixtureLawFigure, mixtureLawsFigure } from "../figures/mixture-laws.js";
import type { OptimumLaw } from "../figures/optimum-law.js";
import { deviationFigure, predictedMeasuredFigure } from "../figures/predicted-measured.js";
import { rehearsalsFigure } from "../figures/rehearsals.js";
import { sampleGridFigure } from "../figures/samples.js";
import { checkFigure, checksFigure } from "../figures/strip.js";
import { tuneFigure } from "../figures/tune.js";
import { slug } from "../page/slug.js";
import { partsOf, type StudyParts } from "./parts.js";
import { asQuantity } from "./quantities.js";
import type { DrawnStudy } from "./study.js";

/** The figures that a study has data for, and those that its report sets side by side. */
export const figuresOf = (study: DrawnStudy, { budgets, choices, fitted, law, heldOut, quantity }: StudyParts) => {
  const { runs, samples = [], rollOut } = study;
  const rehearsals = rollOut?.rehearsals ?? [];
  const curves = (study.curves ?? []).filter(({ tokens }) => tokens.length > 0);
  const training = curves.length > 0 && { runs, curves, fit: study.fit, heldOut };
  const check = { heldOut, law };
  // A mixture predicts where Approach 2 is refused, too.
  const fit = fitted?.fit ?? (law && study.fit);
  const groups = byCompute(heldOut);
  return {
    ...(runs.length > 0 && {
      isoflop: equalComputeFigure(budgets, choices, {
        heldOut: heldOut.flatMap(({ runs }) => runs),
        everyRun: law !== undefined,
        curves: law ? groups.flatMap((checks) => heldOutCurve(checks, law) ?? []) : [],
      }),
    }),
    ...(fit && lawsOf(fit, law, heldOut)),
    // A mixture may know no optimum where budgets have one, as of a metric that is mostly noise; what is held out has figures of its own.
    ...(fit &&
      verticesOf(budgets).some(({ C }) => !law || law.at(C)) && {
        predictedMeasured: predictedMeasuredFigure(fit, check),
        deviation: deviationFigure(fit, check),
      }),
    checks: groups.map((checks) =>
      checks.length > 1
        ? checksFigure(checks, quantity)
        : checkFigure(checks[0], { named: groups.length > 1, quantity }),
    ),
    ...(rehearsals.length > 0 && { rehearsals: rehearsalsFigure(rehearsals, { budgets: budgets.map(({ C }) => C) }) }),
    ...(study.tune && { tune: tuneFigure(study.tune) }),
    ...(training && {
      lossCurves: lossCurvesFigure(training),
      lossCurvePanels: lossCurvePanels(training),
      envelope: envelopeFigure(training),
    }),
    ...(samples.length > 0 && { samples: sampleGridFigure(samples) }),
  };
};

/** The three laws together and each by itself. */
const lawsOf = (fit: IsoFlop, law: OptimumLaw | undefined, heldOut: readonly HeldOut[]) =>
  law
    ? {
        laws: mixtureLawsFigure(law, { fit, heldOut }),
        lawPanels: lawNames.map((name) => mixtureLawFigure(law, name, { fit, heldOut })),
      }
    : {
        laws: lawsFigure(fit, { heldOut }),
        lawPanels: lawNames.map((name) => optimumLawFigure(fit, name, { heldOut })),
      };

export type StudyFigures = ReturnType<typeof figuresOf>;

type NamedFigure = readonly [name: string, title: string, figure: Figure];

/** Every figure that a study has data for, by file name without ending, with its title; those of a metric have its name behind theirs. */
const filesOf = (study: DrawnStudy): readonly NamedFigure[] => [
  ...filesOfOne(study),
  ...(study.quantities ?? []).flatMap((results): NamedFigure[] => {
    const { title, link } = results;
    const own = filesOfOne(asQuantity(study, results)).map(
      ([name, of, figure]): NamedFigure => [`${name}-${slug(title)}`, `${of}: ${title}`, figure],
    );
    return link?.ok ? [...own, [`link-${slug(title)}`, `${title} from the loss`, linkFigure(link)]] : own;
  }),
];

const filesOfOne = (study: DrawnStudy): readonly NamedFigure[] => {
  const parts = partsOf(study);
  const figures = figuresOf(study, parts);
  const { quantity } = parts;
  const [params, tokens, loss] = figures.lawPanels ?? [];
  const files: readonly (readonly [name: string, title: string, figure: Figure | undefined])[] = [
    ["isoflop", quantity === "loss" ? "Loss at equal compute" : "At equal compute", figures.isoflop],
    ["laws", "Scaling laws", figures.laws],
    ["law-params", "Optimal model size", params],
    ["law-tokens", "Optimal data", tokens],
    ["law-loss", quantity === "loss" ? "Optimal loss" : "Optimum", loss],
    ["predicted-measured", "Predicted against measured", figures.predictedMeasured],
    ["residuals", "Deviation from the law", figures.deviation],
    ["rehearsals", "Rehearsals inside the grid", figures.rehearsals],
    ["learning-rate", "Learning rate", figures.tune],
    ["loss-curves", "Training loss", figures.lossCurves],
    ["envelope", "Loss against compute", figures.envelope],
    ["samples", "Samples", figures.samples],
  ];
  return files.flatMap(([name, title, figure]) => (figure ? [[name, title, figure] as const] : []));
};

/**
 * Every figure that a study has data for, by file name without ending. SVG text.
 * @throws PlotInputError naming what cannot be drawn
 */
export const allFigures = (
  study: DrawnStudy,
  options: Omit<FigureOptions, "width" | "title"> = {},
): Record<string, string> =>
  Object.fromEntries(filesOf(study).map(([name, title, figure]) => [name, figure.draw({ ...options, title })]));

/**
 * The numbers of the same figures as they are drawn, by the same names. CSV text.
 * @throws PlotInputError naming what cannot be drawn
 */
export const allFigureData = (study: DrawnStudy): Record<string, string> =>
  Object.fromEntries(filesOf(study).flatMap(([name, , { data }]) => (data ? [[name, csvOf(data())]] : [])));

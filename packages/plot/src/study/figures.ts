import { csvOf } from "../chart/data.js";
import type { Figure } from "../chart/figure.js";
import type { FigureOptions } from "../chart/sheet.js";
import { envelopeFigure } from "../figures/envelope.js";
import { equalComputeFigure } from "../figures/isoflop.js";
import { lawNames, lawsFigure, optimumLawFigure } from "../figures/laws.js";
import { lossCurvePanels, lossCurvesFigure } from "../figures/loss-curves.js";
import { deviationFigure, predictedMeasuredFigure } from "../figures/predicted-measured.js";
import { sampleGridFigure } from "../figures/samples.js";
import { checkFigure } from "../figures/strip.js";
import { tuneFigure } from "../figures/tune.js";
import { partsOf, type StudyParts } from "./parts.js";
import type { DrawnStudy } from "./study.js";

/** The figures that a study has data for, and those that its report sets side by side. */
export const figuresOf = (study: DrawnStudy, { budgets, choices, fitted, heldOut }: StudyParts) => {
  const { runs, samples = [] } = study;
  const curves = (study.curves ?? []).filter(({ tokens }) => tokens.length > 0);
  const training = curves.length > 0 && { runs, curves, fit: study.fit, heldOut };
  const check = { heldOut };
  return {
    ...(runs.length > 0 && {
      isoflop: equalComputeFigure(
        budgets,
        choices,
        heldOut.flatMap(({ runs }) => runs),
      ),
    }),
    ...(fitted && {
      laws: lawsFigure(fitted.fit, check),
      lawPanels: lawNames.map((name) => optimumLawFigure(fitted.fit, name, check)),
      predictedMeasured: predictedMeasuredFigure(fitted.fit, check),
      deviation: deviationFigure(fitted.fit, check),
    }),
    checks: heldOut.map((check) => checkFigure(check, heldOut.length > 1)),
    ...(study.tune && { tune: tuneFigure(study.tune) }),
    ...(training && {
      lossCurves: lossCurvesFigure(training),
      lossCurvePanels: lossCurvePanels(training),
      envelope: envelopeFigure(training),
    }),
    ...(samples.length > 0 && { samples: sampleGridFigure(samples) }),
  };
};

export type StudyFigures = ReturnType<typeof figuresOf>;

/** Every figure that a study has data for, by file name without ending, with its title. */
const filesOf = (study: DrawnStudy): readonly (readonly [name: string, title: string, figure: Figure])[] => {
  const figures = figuresOf(study, partsOf(study));
  const [params, tokens, loss] = figures.lawPanels ?? [];
  const files: readonly (readonly [name: string, title: string, figure: Figure | undefined])[] = [
    ["isoflop", "Loss at equal compute", figures.isoflop],
    ["laws", "Scaling laws", figures.laws],
    ["law-params", "Optimal model size", params],
    ["law-tokens", "Optimal data", tokens],
    ["law-loss", "Optimal loss", loss],
    ["predicted-measured", "Predicted against measured", figures.predictedMeasured],
    ["residuals", "Deviation from the law", figures.deviation],
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

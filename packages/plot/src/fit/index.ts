import type { FigureOptions } from "../figures/chart.js";
import { standalone } from "../figures/compose.js";
import { array, PlotInputError } from "../study/check.js";
import { comparisonDrawing } from "./comparison.js";
import { intervalsDrawing } from "./intervals.js";
import { fittedLawDrawing, fittedLawsDrawing } from "./law.js";
import { nextRunsDrawing } from "./next-runs.js";
import { partsDrawing } from "./parts.js";
import { residualsDrawing } from "./residuals.js";
import { surfaceDrawing } from "./surface.js";
import type {
  ComparisonFigureData,
  FittedLaw,
  IntervalsFigureData,
  NextRunsFigureData,
  PartsFigureData,
  ResidualsFigureData,
  SurfaceFigureData,
} from "./types.js";
import {
  validateComparison,
  validateIntervals,
  validateLaw,
  validateNextRuns,
  validateParts,
  validateResiduals,
  validateSurface,
} from "./validate.js";

/**
 * Contours of a fitted loss against compute and model size, runs coloured by measured loss on the same scale, and the
 * compute-optimal frontier with its band. SVG text.
 * @throws PlotInputError naming the first number that cannot be drawn.
 */
export const surfaceFigure = (data: SurfaceFigureData, options: FigureOptions = {}): string => {
  validateSurface(data);
  return standalone(options, (inner) => surfaceDrawing(data, inner));
};

/**
 * ln(measured / predicted) of a fit's runs in percent, against the predicted value and against the abscissa. SVG text.
 * @throws PlotInputError naming the first number that cannot be drawn.
 */
export const fitResidualsFigure = (data: ResidualsFigureData, options: FigureOptions = {}): string => {
  validateResiduals(data);
  return standalone(options, (inner) => residualsDrawing(data, inner));
};

/**
 * A law y(x) on log axes with its points, band, floor, breaks and predictions. SVG text.
 * @throws PlotInputError naming the first number that cannot be drawn.
 */
export const fittedLawFigure = (law: FittedLaw, options: FigureOptions = {}): string => {
  validateLaw(law);
  return standalone(options, (inner) => fittedLawDrawing(law, inner));
};

/**
 * Several laws side by side, or below each other on narrow widths. SVG text.
 * @throws PlotInputError naming the first number that cannot be drawn.
 */
export const fittedLawsFigure = (laws: readonly FittedLaw[], options: FigureOptions = {}): string => {
  if (array("laws", laws).length === 0) throw new PlotInputError("laws", laws, "at least one law");
  laws.forEach((law, i) => {
    validateLaw(law, `laws[${i}]`);
  });
  return standalone(options, (inner) => fittedLawsDrawing(laws, inner));
};

/**
 * Two laws of the loss against compute, where they cross, and the compute one needs to reach the other. SVG text.
 * @throws PlotInputError naming the first number that cannot be drawn.
 */
export const comparisonFigure = (data: ComparisonFigureData, options: FigureOptions = {}): string => {
  validateComparison(data);
  return standalone(options, (inner) => comparisonDrawing(data, inner));
};

/**
 * Planned runs against compute and model size, beside an even grid, the runs so far, the frontier and the target. SVG text.
 * @throws PlotInputError naming the first number that cannot be drawn.
 */
export const nextRunsFigure = (data: NextRunsFigureData, options: FigureOptions = {}): string => {
  validateNextRuns(data);
  return standalone(options, (inner) => nextRunsDrawing(data, inner));
};

/**
 * Work of a model by part, forward and backward. SVG text.
 * @throws PlotInputError naming the first number that cannot be drawn.
 */
export const partsFigure = (data: PartsFigureData, options: FigureOptions = {}): string => {
  validateParts(data);
  return standalone(options, (inner) => partsDrawing(data, inner));
};

/**
 * Estimates of one quantity with their intervals, one row each on one axis, beside a reference where there is one. SVG text.
 * @throws PlotInputError naming the first number that cannot be drawn.
 */
export const intervalsFigure = (data: IntervalsFigureData, options: FigureOptions = {}): string => {
  validateIntervals(data);
  return standalone(options, (inner) => intervalsDrawing(data, inner));
};

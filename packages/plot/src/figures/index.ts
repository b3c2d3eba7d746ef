import { array, given, PlotInputError } from "../study/check.js";
import type { Laws, Sample, Study, StudyNumbers } from "../study/types.js";
import { validateStudy } from "../study/validate.js";
import type { FigureOptions } from "./chart.js";
import { compose } from "./compose.js";
import { envelopeDrawing } from "./envelope.js";
import { isoFlopDrawing } from "./isoflop.js";
import { type LawName, lawDrawing } from "./law.js";
import { lossCurvesDrawing, type StudyWithCurves } from "./lossCurves.js";
import { predictedMeasuredDrawing, residualDrawing } from "./prediction.js";
import { sampleGridDrawing } from "./samples.js";

/** The numbers of a figure alone; checked like a whole study. */
function checked<T extends StudyNumbers>(study: T): T {
  validateStudy({ preset: "", device: { backend: "" }, data: "", seconds: 0, ...study });
  if (study.runs.length === 0) throw new PlotInputError("runs", study.runs, "at least one run to draw");
  return study;
}

function fitted<T extends StudyNumbers>(study: T): T & { laws: Laws } {
  if (!given(checked(study).laws)) throw new PlotInputError("laws", study.laws, "fitted laws");
  return study as T & { laws: Laws };
}

function withCurves<T extends StudyNumbers & Pick<Study, "curves">>(study: T): T & StudyWithCurves {
  if (array("curves", checked(study).curves).length === 0) {
    throw new PlotInputError("curves", study.curves, "at least one training curve");
  }
  return study as T & StudyWithCurves;
}

/** Loss against model size per budget: points with 95 % bars, parabola, vertex; refused budgets dashed. SVG text. */
export const isoFlopFigure = (study: StudyNumbers, options: FigureOptions = {}): string =>
  isoFlopDrawing(checked(study), options).svg;

/** One law ("params", "tokens" or "loss") against compute, with band, optima and the held-out budget. SVG text. */
export const lawFigure = (study: StudyNumbers, name: LawName, options: FigureOptions = {}): string =>
  lawDrawing(fitted(study), name, options).svg;

/** The three laws side by side, or below each other on narrow widths. SVG text. */
export function lawsFigure(study: StudyNumbers, options: FigureOptions = {}): string {
  const width = options.width ?? 1140;
  const columns = width < 720 ? 1 : 3;
  const { title: _, ...rest } = options;
  const panel = { ...rest, width: Math.floor((width - 24 * (columns - 1)) / columns) };
  const panels = (["params", "tokens", "loss"] as const).map((name) => lawDrawing(fitted(study), name, panel));
  return compose(panels, { ...options, columns, description: "The three scaling laws against compute." }).svg;
}

/** Measured loss against predicted loss with the diagonal of agreement. SVG text. */
export const predictedMeasuredFigure = (study: StudyNumbers, options: FigureOptions = {}): string =>
  predictedMeasuredDrawing(fitted(study), options).svg;

/** Deviation from the loss law in percent against compute. SVG text. */
export const residualFigure = (study: StudyNumbers, options: FigureOptions = {}): string =>
  residualDrawing(fitted(study), options).svg;

/** Training loss against tokens seen, one panel per budget. SVG text. */
export const lossCurvesFigure = (study: StudyNumbers & Pick<Study, "curves">, options: FigureOptions = {}): string =>
  lossCurvesDrawing(withCurves(study), options).svg;

/** Training loss against compute with the lower envelope of all runs and the loss law. SVG text. */
export const envelopeFigure = (study: StudyNumbers & Pick<Study, "curves">, options: FigureOptions = {}): string =>
  envelopeDrawing(withCurves(study), options).svg;

/** Pictures with captions, grown by nearest neighbour, embedded as PNG. SVG text. */
export function sampleGridFigure(samples: readonly Sample[], options: FigureOptions = {}): string {
  if (array("samples", samples).length === 0) throw new PlotInputError("samples", samples, "at least one sample");
  return sampleGridDrawing(samples, options).svg;
}

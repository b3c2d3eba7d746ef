import { array, given, PlotInputError } from "../study/check.js";
import type { Laws, Sample, Study, StudyNumbers } from "../study/types.js";
import { validateStudy } from "../study/validate.js";
import { hasOptima } from "./budgets.js";
import type { FigureOptions } from "./chart.js";
import { compose, panelWidth, standalone } from "./compose.js";
import { envelopeDrawing } from "./envelope.js";
import { type IsoFlopFigureOptions, isoFlopDrawing } from "./isoflop.js";
import { type LawFigureOptions, type LawName, lawDrawing, lawNames } from "./law.js";
import { lossCurvesDrawing, type StudyWithCurves } from "./loss-curves.js";
import { predictedMeasuredDrawing, residualDrawing } from "./prediction.js";
import { sampleGridDrawing } from "./samples.js";

/** The numbers of a figure alone; checked like a whole study. */
const checked = <T extends StudyNumbers>(study: T): T => {
  validateStudy({ preset: "", device: { backend: "" }, data: "", seconds: 0, ...study });
  return study;
};

const withRuns = <T extends StudyNumbers>(study: T): T => {
  if (checked(study).runs.length === 0) throw new PlotInputError("runs", study.runs, "at least one run to draw");
  return study;
};

const withOptima = <T extends StudyNumbers>(study: T): T & { laws: Laws } => {
  const laws = fitted(study);
  if (!hasOptima(study)) throw new PlotInputError("isoflop", study.isoflop, "at least one interior optimum");
  return laws;
};

const fitted = <T extends StudyNumbers>(study: T): T & { laws: Laws } => {
  if (!given(checked(study).laws)) throw new PlotInputError("laws", study.laws, "fitted laws");
  return study as T & { laws: Laws };
};

const withCurves = <T extends StudyNumbers & Pick<Study, "curves">>(study: T): T & StudyWithCurves => {
  if (array("curves", checked(study).curves).length === 0) {
    throw new PlotInputError("curves", study.curves, "at least one training curve");
  }
  return study as T & StudyWithCurves;
};

/** Loss against model size per budget: points with 95 % bars, fitted curve, vertex; refused budgets dashed. SVG text. */
export const isoFlopFigure = (study: StudyNumbers, options: IsoFlopFigureOptions = {}): string =>
  standalone(options, (inner) => isoFlopDrawing(withRuns(study), { ...options, ...inner }));

/** One law ("params", "tokens" or "loss") against compute, with band, optima and the held-out budget. SVG text. */
export const lawFigure = (study: StudyNumbers, name: LawName, options: LawFigureOptions = {}): string =>
  standalone(options, (inner) => lawDrawing(fitted(study), name, { ...options, ...inner }));

/** The three laws side by side, or below each other on narrow widths. SVG text. */
export const lawsFigure = (study: StudyNumbers, options: LawFigureOptions = {}): string =>
  standalone(options, (inner) => {
    const width = inner.width ?? 1140;
    const columns = width < 720 ? 1 : 3;
    const panel = { ...options, ...inner, width: panelWidth(width, columns) };
    const panels = lawNames.map((name) => lawDrawing(fitted(study), name, panel));
    return compose(panels, { ...inner, columns, description: "The three scaling laws against compute." });
  });

/** Measured loss against predicted loss with the diagonal of agreement. SVG text. */
export const predictedMeasuredFigure = (study: StudyNumbers, options: FigureOptions = {}): string =>
  standalone(options, (inner) => predictedMeasuredDrawing(withOptima(study), inner));

/** Deviation from the loss law in percent against compute. SVG text. */
export const residualFigure = (study: StudyNumbers, options: FigureOptions = {}): string =>
  standalone(options, (inner) => residualDrawing(withOptima(study), inner));

/** Training loss against tokens seen, one panel per budget. SVG text. */
export const lossCurvesFigure = (study: StudyNumbers & Pick<Study, "curves">, options: FigureOptions = {}): string =>
  standalone(options, (inner) => lossCurvesDrawing(withCurves(study), inner));

/** Training loss against compute with the lower envelope of all runs and the loss law. SVG text. */
export const envelopeFigure = (study: StudyNumbers & Pick<Study, "curves">, options: FigureOptions = {}): string =>
  standalone(options, (inner) => envelopeDrawing(withCurves(study), inner));

/** Pictures with captions, grown by nearest neighbour, embedded as PNG. SVG text. */
export const sampleGridFigure = (samples: readonly Sample[], options: FigureOptions = {}): string => {
  if (array("samples", samples).length === 0) throw new PlotInputError("samples", samples, "at least one sample");
  return standalone(options, (inner) => sampleGridDrawing(samples, inner));
};

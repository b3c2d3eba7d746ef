export type { Measurement } from "./chart/asked.js";
export type { DataRow, FigureData } from "./chart/data.js";
export { csvOf } from "./chart/data.js";
export type { Figure } from "./chart/figure.js";
export type { AxisQuantity } from "./chart/quantity.js";
export type { FigureOptions } from "./chart/sheet.js";
export { darkTheme, lightTheme, pageTheme, type Theme, themeVariables } from "./chart/theme.js";
export {
  type ArmExponent,
  type ComparedArm,
  type ComparedExponent,
  type ComparedLaw,
  type ComparedMetric,
  type ComparisonSummary,
  type LossDifference,
  type PairedBudget,
  readComparison,
} from "./comparison/record.js";
export { renderComparison } from "./comparison/report.js";
export { ratiosTable } from "./comparison/tables.js";
export { type ComparisonVerdict, verdictOfArms } from "./comparison/words.js";
export { PlotInputError } from "./error.js";
export { allocationFigure } from "./figures/allocation.js";
export { approach1Figure, approach1LawsFigure } from "./figures/approach1.js";
export { type ArmFit, armsFigure } from "./figures/arms.js";
export { collapseFigure } from "./figures/collapse.js";
export { comparisonFigure } from "./figures/comparison.js";
export { computeRatioFigure } from "./figures/compute-ratio.js";
export { envelopeFigure } from "./figures/envelope.js";
export {
  basinFigure,
  type HyperparameterFigureOptions,
  hyperparameterFigure,
} from "./figures/hyperparameter.js";
export { type IntervalRow, type IntervalsFigureOptions, intervalsFigure } from "./figures/intervals.js";
export { isoFlopFigure } from "./figures/isoflop.js";
export { type JointFigureOptions, jointFigure } from "./figures/joint.js";
export { type LawFigureOptions, lawFigure } from "./figures/law.js";
export { type HeldOut, type LawName, type LawsFigureOptions, lawsFigure } from "./figures/laws.js";
export { type LinkFigureOptions, linkFigure } from "./figures/link.js";
export { lossCurvesFigure } from "./figures/loss-curves.js";
export { lossTermsFigure } from "./figures/loss-terms.js";
export { type NextRunsFigureOptions, nextRunsFigure, type PlannedRun, type PlannedRuns } from "./figures/next-runs.js";
export { levelSumsFigure, levelsFigure } from "./figures/noise-levels.js";
export type { OptimumAnswer, OptimumLaw } from "./figures/optimum-law.js";
export { type PartWork, partsFigure } from "./figures/parts.js";
export { type CheckOptions, deviationFigure, predictedMeasuredFigure } from "./figures/predicted-measured.js";
export { type RehearsalsFigureOptions, rehearsalsFigure } from "./figures/rehearsals.js";
export { type LawNames, lawResidualsFigure, residualsFigure } from "./figures/residuals.js";
export { type RollOutFigureOptions, rollOutErrorsFigure, rollOutFigure } from "./figures/roll-out.js";
export { type Sample, samplePng, samplePngUrl } from "./figures/sample.js";
export { sampleGridFigure } from "./figures/samples.js";
export { type ScheduleFigureOptions, scheduleFigure } from "./figures/schedule.js";
export {
  type Series,
  type SeriesAxis,
  type SeriesFigureOptions,
  type SeriesPoint,
  seriesFigure,
} from "./figures/series.js";
export { type SurfaceFigureOptions, surfaceFigure } from "./figures/surface.js";
export type { RunCurve, StudyRun, Training } from "./figures/training.js";
export { tuneFigure } from "./figures/tune.js";
export { type Page, type PageOptions, renderPage } from "./page/page.js";
export type { Illustrated, PageFigure, PageTable, Panels, Section } from "./page/section.js";
export { agreementSection } from "./study/agreement.js";
export { allFigureData, allFigures } from "./study/figures.js";
export { lawSection } from "./study/law-table.js";
export { asQuantity, linkWords, metricLead } from "./study/quantities.js";
export { renderReport } from "./study/report.js";
export { heldOutMethods, readStudy } from "./study/schema.js";
export { sharpnessSection } from "./study/sharpness-words.js";
export {
  type Choices,
  type DrawnStudy,
  type HeldOutCheck,
  type HeldOutMethod,
  heldOutOf,
  type MetricResults,
  methodNames,
  type PublishedExponents,
  type QuantityResults,
  type StudyFile,
  type StudyFloor,
  type StudyModule,
  type StudySummary,
  type StudyTune,
  summedOverThreads,
  type TimedRun,
  type TunedRun,
} from "./study/study.js";

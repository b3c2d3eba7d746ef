export * from "./approach1/approach1.js";
export {
  type Envelope,
  type EnvelopeOptions,
  type EnvelopePoint,
  envelope,
  type TrainingCurve,
} from "./approach1/envelope.js";
export * from "./approach1/predict.js";
export type { Approach1, Approach1Bootstrap } from "./approach1/record.js";
export * from "./approach1/training-curves.js";
export * from "./cards/card-value.js";
export * from "./cards/cards.js";
export * from "./cards/conventions.js";
export * from "./cards/convert/convert.js";
export type { ConversionFacts, ConversionTarget, LeftUnconverted } from "./cards/convert/plan.js";
export * from "./cards/exponents-of.js";
export { type CardLaw, lawsOf } from "./cards/laws-of.js";
export * from "./cards/predict-card.js";
export * from "./cards/read.js";
export {
  type CardConventions,
  type CardRelation,
  type CardSource,
  type CardSurfaceText,
  cardSchema,
  type LawCard,
  type Published,
  type PublishedWithError,
  type Reproduced,
} from "./cards/schema.js";
export * from "./cards/side-of.js";
export * from "./cards/surface-of.js";
export { type CollapseOptions, collapse } from "./collapse/collapse.js";
export type { ProgressCurve } from "./collapse/nodes.js";
export * from "./collapse/read.js";
export type { Collapse, CollapsedRun } from "./collapse/record.js";
export * from "./compare/index.js";
export { type DiagnoseOptions, diagnose } from "./diagnose/diagnose.js";
export type { Diagnosis, DiagnosisStep, LossTerm, TermName } from "./diagnose/record.js";
export { type Terms, termsOf } from "./diagnose/terms.js";
export { type ErrorPlace, ScalingError, type ScalingErrorCode } from "./errors.js";
export * from "./inference/bootstrap.js";
export * from "./inference/criteria.js";
export * from "./inference/held-out.js";
export * from "./inference/independence.js";
export { noiseAt, type ReplicateNoise, replicateNoise } from "./inference/replicate-noise.js";
export * from "./input/best.js";
export * from "./input/columns.js";
export * from "./input/delimited.js";
export * from "./input/diverged.js";
export { columnsCalled, didYouMean } from "./input/names.js";
export * from "./input/parse.js";
export * from "./input/points.js";
export {
  type CleanOptions,
  type CleanRuns,
  cleanRuns,
  dropHighestLoss,
  inputOf,
  quantityAsLoss,
  type RawRun,
} from "./input/runs.js";
export type { BadRows, DroppedRun, DropReason } from "./input/sift.js";
export { readTable, type TableFormat } from "./input/table.js";
export * from "./input/where.js";
export { type AkimaSpline, akimaSpline } from "./isoflop/akima.js";
export * from "./isoflop/bootstrap.js";
export { type IsoFlopLaw, type IsoFlopOptions, optima } from "./isoflop/budgets.js";
export * from "./isoflop/curve.js";
export { quantityError, quantityOf, type RunWeights } from "./isoflop/curves.js";
export * from "./isoflop/group.js";
export { type IsoFlopFitOptions, isoFlop } from "./isoflop/isoflop.js";
export { type OptimumMethodName, optimumMethods } from "./isoflop/methods/index.js";
export type { Curve, CurveOptions, Found, OptimumMethod, Problem, Shared } from "./isoflop/methods/method.js";
export type { Response } from "./isoflop/parabola.js";
export { type IsoFlopPrediction, type PredictOptions, predictIsoFlop } from "./isoflop/predict.js";
export { isoFlopProfile, type ProfileOptions } from "./isoflop/profile.js";
export type * from "./isoflop/record.js";
export { isInterior } from "./isoflop/record.js";
export { jointExponents } from "./joint/exponents.js";
export { type JointOptions, jointFit, jointFitAsync } from "./joint/fit.js";
export { predictJoint } from "./joint/predict.js";
export type { JointFit, JointPart } from "./joint/record.js";
export * from "./laws/broken.js";
export * from "./laws/data-constrained.js";
export * from "./laws/fit.js";
export type * from "./laws/form.js";
export * from "./laws/forms.js";
export type { ResidualScale } from "./laws/given-floor.js";
export {
  fitHyperparameter,
  type HyperparameterOptions,
  monomialNames,
  predictHyperparameters,
  predictorNames,
} from "./laws/hyperparameter/fit.js";
export * from "./laws/hyperparameter/forms.js";
export * from "./laws/hyperparameter/law.js";
export type { NamedNumbers } from "./laws/hyperparameter/monomial.js";
export * from "./laws/hyperparameter/optimum.js";
export type { HyperparameterCell, HyperparameterFit, HyperparameterLaw } from "./laws/hyperparameter/record.js";
export {
  type LinkBreak,
  type LinkBreakOptions,
  linkBreak,
  type StraightLink,
  straightLinks,
} from "./laws/link/break.js";
export { fitLink, type LinkOptions } from "./laws/link/fit.js";
export type { LinkChoices, LinkForm } from "./laws/link/form.js";
export * from "./laws/link/forms/index.js";
export * from "./laws/link/predict.js";
export type { LinkFit } from "./laws/link/record.js";
export { type LinkScale, linkScales } from "./laws/link/scale.js";
export * from "./laws/over-training.js";
export type { PointErrors } from "./laws/point-errors.js";
export * from "./laws/power.js";
export {
  type LawFamily,
  type LossCurve,
  type LossPrediction,
  type NewMeasurement,
  predictiveLoss,
} from "./laws/predictive.js";
export type { PublishedLaw } from "./laws/published.js";
export * from "./laws/saturating.js";
export { fitSchedule, type ScheduleOptions } from "./laws/schedule/fit.js";
export type { ScheduledCurve } from "./laws/schedule/points.js";
export * from "./laws/schedule/predict.js";
export { peakOf, type RateSchedule, rateSums, warmupEnd } from "./laws/schedule/rates.js";
export type { ScheduleCurve, ScheduleFit } from "./laws/schedule/record.js";
export { type ScheduleShape, type ShapeOptions, scheduleOf, scheduleShapes } from "./laws/schedule/shapes.js";
export { type KnownSum, type LevelsOptions, noiseLevels, noiseLevelsAsync } from "./levels/levels.js";
export type { LevelSum, NoiseLevel, NoiseLevels } from "./levels/record.js";
export * from "./levels/table.js";
export { extent } from "./math/extent.js";
export type { Matrix } from "./math/linear.js";
export { normals, type Random, random } from "./math/random.js";
export { spaced } from "./math/spaced.js";
export type { SeedNoise } from "./noise/record.js";
export { type SeedNoiseOptions, seedNoise, seedNoiseAt } from "./noise/seed-noise.js";
export { type Basin, type BasinOptions, basins, type LeftOut, planForms } from "./plan/basins.js";
export type { Spread } from "./plan/belief.js";
export type { PlanLimits } from "./plan/limits.js";
export * from "./plan/plan-next.js";
export { type MeasuredCost, measuredCost, type Priced, secondsOf } from "./plan/seconds.js";
export { relativeWidth, type Standing, type StandingBasin, standing } from "./plan/standing.js";
export type * from "./prediction.js";
export type { NextRun, Plan } from "./records/answers.js";
export type { Comparison } from "./records/comparison.js";
export * as recordFields from "./records/fields.js";
export * from "./records/read.js";
export type { Rehearsal } from "./rehearsal/record.js";
export { rehearsalScore } from "./rehearsal/rehearse.js";
export * from "./rollout/predict.js";
export * from "./rollout/record.js";
export { type RollOutOptions, rolledOutForms, rollOut, rollOutAsync } from "./rollout/roll-out.js";
export type { ResidualStructure, StructureDirection } from "./structure/record.js";
export { type StructureOptions, structure } from "./structure/structure.js";
export { shapeInWords } from "./structure/words.js";
export * from "./surface/allocate.js";
export * from "./surface/bias.js";
export {
  bootstrapSurface,
  bootstrapSurfaceAsync,
  jackknifeSurface,
  type SurfaceBootstrapOptions,
} from "./surface/bootstrap.js";
export type { SurfaceData } from "./surface/data.js";
export type { Descent } from "./surface/descent.js";
export { type Executor, inlineExecutor, type LongFitOptions } from "./surface/executor.js";
export * from "./surface/fit.js";
export type { FloorNode } from "./surface/floors/floored.js";
export type { MeasuredFloor } from "./surface/floors/weighed.js";
export type {
  DataScale,
  PowerTerms,
  SurfaceForm,
  SurfaceInput,
  SurfaceParameter,
  Trade,
} from "./surface/form.js";
export * from "./surface/forms/index.js";
export * from "./surface/objectives/index.js";
export type { SurfaceObjective, Width } from "./surface/objectives/objective.js";
export * from "./surface/predict.js";
export * from "./surface/profile-of.js";
export type { Starts, SurfaceOptions } from "./surface/search.js";
export * from "./surface/shared.js";
export type * from "./surface/shared-fit.js";
export * from "./surface/sigma-weight.js";
export {
  formOfSurface,
  type ModelAndData,
  type Surface,
  surfaceFrom,
  surfaceLoss,
} from "./surface/surface.js";
export type * from "./surface/surface-fit.js";
export { type FinishTask, type RefitTask, runSurfaceTask, type ScreenTask, type SurfaceTask } from "./surface/task.js";
export { deltaMethod, type Statistic, surfaceBand, type UncertainSurface } from "./surface/uncertainty.js";
export * from "./types.js";

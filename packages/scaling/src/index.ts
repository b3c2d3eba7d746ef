export {
  type BudgetComparison,
  type ComparedLaw,
  type CompareOptions,
  compareLaws,
  type LawComparison,
} from "./compare.js";
export { type Envelope, type EnvelopeOptions, type EnvelopePoint, envelope, type TrainingCurve } from "./envelope.js";
export * from "./errors.js";
export {
  type BootstrapEstimate,
  type BootstrapOptions,
  bootstrap,
  bootstrapAsync,
  type Draws,
  type IntervalKind,
  jackknifeStandardError,
  summarise,
} from "./inference/bootstrap.js";
export { type Criteria, criteria, type LackOfFit, lackOfFit } from "./inference/criteria.js";
export { type HeldOutBudget, heldOutCompute } from "./inference/held-out.js";
export { type BadRows, type MalformedRow, parseDelimited, type Table } from "./input/delimited.js";
export { type Columns, type ParseOptions, parseRuns } from "./input/parse.js";
export { type Points, type PointsOptions, parsePoints } from "./input/points.js";
export {
  type CleanOptions,
  type CleanRuns,
  type ComputeRule,
  cleanRuns,
  type DroppedRun,
  type DropReason,
  dropHighestLoss,
  quantityAsLoss,
  type RawRun,
} from "./input/runs.js";
export { numericColumn, readTable, type TableFormat } from "./input/table.js";
export { type AkimaSpline, akimaMinimum, akimaSpline } from "./isoflop/akima.js";
export {
  bootstrapIsoFlop,
  bootstrapIsoFlopAsync,
  type IsoFlopBootstrapOptions,
  type IsoFlopResampling,
  jackknifeIsoFlop,
} from "./isoflop/bootstrap.js";
export { profileCurve } from "./isoflop/curve.js";
export { type Budget, groupByBudget } from "./isoflop/group.js";
export {
  type DroppedBudget,
  type InteriorProfile,
  type IsoFlop,
  type IsoFlopChoices,
  type IsoFlopLaw,
  type IsoFlopOptions,
  isInterior,
  isoFlop,
  optima,
} from "./isoflop/isoflop.js";
export { fitParabola, type Parabola, type ParabolaOptions } from "./isoflop/parabola.js";
export { type IsoFlopPrediction, type PredictOptions, predictIsoFlop } from "./isoflop/predict.js";
export {
  type BudgetProfile,
  isoFlopProfile,
  type Optimum,
  type OptimumMethod,
  type ProfileOptions,
  type ProfileWarning,
  quantityOf,
} from "./isoflop/profile.js";
export type { BootstrappedLaw, IsoFlopBootstrap } from "./isoflop/resampled.js";
export { type Break, type BrokenLaw, type BrokenLawOptions, broken, brokenLaw } from "./laws/broken.js";
export {
  type DataConstrainedFit,
  type DataConstrainedLaw,
  dataConstrainedLoss,
  fitDataConstrained,
  muennighoff2023,
  type RepeatedRun,
} from "./laws/data-constrained.js";
export {
  fitLaw,
  formOfLaw,
  type LawPoint,
  lawCurve,
  predictLaw,
  residualSpread,
  spaced,
} from "./laws/fit.js";
export type {
  Law,
  LawData,
  LawFit,
  LawForm,
  LawObjective,
  LawStatus,
  NumberFormat,
} from "./laws/form.js";
export { lawForms } from "./laws/forms.js";
export {
  type HyperparameterLaw,
  hyperparameterLaw,
  hyperparameterOptimum,
  predictHyperparameter,
} from "./laws/hyperparameter.js";
export { type LinkForm, type MetricLink, metricLink, predictMetric } from "./laws/link.js";
export { type OverTrainingLaw, optimalMultiplier, overTrainedLoss, overTrainingLaw } from "./laws/over-training.js";
export {
  type PowerLaw,
  type PowerLawOptions,
  power,
  powerLaw,
  predictPowerLaw,
} from "./laws/power.js";
export {
  type FamilyPrediction,
  type LawFamily,
  type LossCurve,
  type LossPrediction,
  type NewMeasurement,
  predictiveLoss,
} from "./laws/predictive.js";
export { type SaturatingLaw, type SaturatingOptions, saturating, saturatingLaw } from "./laws/saturating.js";
export { extent } from "./math/extent.js";
export { normals, type Random, random } from "./math/random.js";
export {
  type NextRun,
  type Plan,
  type PlanOptions,
  type PlanTarget,
  planNext,
} from "./plan/plan-next.js";
export type { FitPrediction, PredictionNotes } from "./predict/prediction.js";
export * as recordFields from "./records/fields.js";
export {
  readComparison,
  readIsoFlop,
  readLawFit,
  readPlan,
  readPrediction,
  readRecord,
  readSurfaceFit,
  recordSchemas,
  type SavedRecord,
  writeRecord,
} from "./records/read.js";
export {
  type Allocation,
  type AllocationOptions,
  allocationExponents,
  computeForLoss,
  type Misallocation,
  misallocation,
  optimalAllocation,
} from "./surface/allocate.js";
export { type Approach2Bias, approach2Bias, type DesignPoint, flopsPerParameterToken } from "./surface/bias.js";
export {
  bootstrapSurface,
  bootstrapSurfaceAsync,
  jackknifeSurface,
  type SurfaceBootstrapOptions,
} from "./surface/bootstrap.js";
export type { Descent } from "./surface/descent.js";
export { type Executor, inlineExecutor, type LongFitOptions } from "./surface/executor.js";
export { surface, surfaceAsync } from "./surface/fit.js";
export type { PowerTerms, SurfaceForm, SurfaceParameter, Trade } from "./surface/form.js";
export { type SurfaceFormName, surfaceForms } from "./surface/forms/index.js";
export {
  type FrontierPoint,
  frontier,
  predictSurface,
  type SurfaceAnswer,
  type SurfaceQuestion,
} from "./surface/predict.js";
export type {
  AllocationLaw,
  AllocationLaws,
  SurfaceBootstrap,
  SurfaceFit,
  SurfaceMinimum,
} from "./surface/record.js";
export type { SurfaceOptions } from "./surface/search.js";
export type { SurfaceObjective } from "./surface/solver.js";
export type { Starts } from "./surface/starts.js";
export { formOf as formOfSurface, type Surface, surfaceFrom, surfaceLoss } from "./surface/surface.js";
export { runSurfaceTask, type SurfaceTask } from "./surface/task.js";
export { deltaMethod, type Statistic, surfaceBand, type UncertainSurface } from "./surface/uncertainty.js";
export * from "./types.js";

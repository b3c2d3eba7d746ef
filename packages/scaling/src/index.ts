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
export { parseDelimited, type Table } from "./input/delimited.js";
export { type Columns, type ParseOptions, parseRuns } from "./input/parse.js";
export {
  type CleanOptions,
  type CleanRuns,
  type ComputeRule,
  cleanRuns,
  type DroppedRun,
  type DropReason,
  dropHighestLoss,
  type RawRun,
} from "./input/runs.js";
export { type AkimaSpline, akimaMinimum, akimaSpline } from "./isoflop/akima.js";
export {
  type BootstrappedLaw,
  bootstrapIsoFlop,
  type IsoFlopBootstrap,
  type IsoFlopBootstrapOptions,
  type IsoFlopResampling,
  jackknifeIsoFlop,
} from "./isoflop/bootstrap.js";
export { type Budget, groupByBudget } from "./isoflop/group.js";
export {
  type DroppedBudget,
  type InteriorProfile,
  type IsoFlop,
  type IsoFlopOptions,
  isInterior,
  isoFlop,
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
} from "./isoflop/profile.js";
export {
  type PowerLaw,
  type PowerLawOptions,
  type PowerLawPrediction,
  powerLaw,
  predictPowerLaw,
} from "./laws/power.js";
export { type LossCurve, type LossPrediction, type NewMeasurement, predictiveLoss } from "./laws/predictive.js";
export { evaluateSaturating, type SaturatingLaw, type SaturatingOptions, saturatingLaw } from "./laws/saturating.js";
export { normals, type Random, random } from "./math/random.js";
export * from "./types.js";

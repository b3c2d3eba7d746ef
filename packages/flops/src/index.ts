export { type Account, account, format, type SixND } from "./account.js";
export type { Architecture } from "./architectures/architecture.js";
export { architectures, conditionings, type KnownConditioning } from "./architectures/index.js";
export { canonicalConfig } from "./canonical.js";
export type { Conditioning, DitConfig, Parameterization, ResolvedConfig } from "./config.js";
export { configKeys } from "./config.js";
export type { Convention, ConventionName, EstimateMethod, ProductMethod } from "./convention.js";
export { conventions, sameConvention, sixNDOf } from "./convention.js";
export {
  type CostEstimate,
  type EstimateOptions,
  estimate,
  type Measured,
  mfu,
  peak,
  type Roofline,
  roofline,
} from "./cost.js";
export type { Count, CountLine } from "./count.js";
export { add, byPart, flops, macs, scale } from "./count.js";
export type { Accelerator, DeviceName, OperandType, Price, Source } from "./devices.js";
export { devices } from "./devices.js";
export { FlopsError, type FlopsErrorCode } from "./errors.js";
export {
  evaluationsOf,
  type SolverEvaluations,
  type SolverName,
  type SolverRecord,
  solverNames,
} from "./evaluations.js";
export { type Experts, expertSlots, hasExperts, type ResolvedExperts } from "./experts.js";
export type { GridOptions, GridRun, IsoFlopGrid, RefusedRun } from "./grid.js";
export { isoFlopGrid, stepFlops } from "./grid.js";
export type { LadderRule, LadderRuleName, NamedConfig, Setup, Size } from "./ladder.js";
export { ladder, ladderRules, nearest, sized, within } from "./ladder.js";
export type { LanguageModel } from "./language-model.js";
export {
  chinchillaParameters,
  chinchillaTraining,
  gptForward,
  gptParameters,
  kaplanForward,
  kaplanParameters,
  llmFoundryTraining,
  palmTraining,
  sixND,
} from "./language-model.js";
export type { Layer, Part } from "./layers.js";
export { parts } from "./layers.js";
export type { Memory, MemoryOptions, Precision } from "./memory.js";
export { memory, precisions, savedActivations } from "./memory.js";
export { type ElementwiseRole, elementwiseRoles, type Operation } from "./operations.js";
export type { Optimizer, OptimizerOptions } from "./optimizer.js";
export { optimizerStep, optimizers } from "./optimizer.js";
export {
  evaluate,
  type PaperLaw,
  type PaperRun,
  paperBudgets,
  paperGrid,
  paperHeldOutBudget,
  paperLadder,
  paperLaws,
  paperReach,
  paperSetup,
  paperSource,
} from "./paper.js";
export type { ParameterCount, ParameterSet, TokenSet } from "./parameters.js";
export { parameterSets, parameters, tokenSets, tokensPerSample } from "./parameters.js";
export type { Checkpointing, TrainingCount } from "./passes.js";
export { backward, forward, training } from "./passes.js";
export { officialDit, type PresetName, presets } from "./presets.js";
export { layers, resolve } from "./resolve.js";
export {
  type Context,
  type Grid,
  type ImageSize,
  isRotary,
  labelRows,
  type MlpKind,
  mlpKinds,
  type NormKind,
  normKinds,
  type Positions,
  patchSize,
  positionKinds,
  positionTableOf,
  type QueryKeyNorm,
  queryKeyNorms,
  type Resolved,
  type ResolvedParameterization,
} from "./resolved.js";
export { type RotaryWidths, rotaryWidths } from "./rotary.js";
export { evaluations, type SamplingOptions, sampling } from "./sampling.js";
export { formatSummary, type Summary, type SummaryOptions, type SummaryRow, summary } from "./summary.js";
export { type Traffic, type TrafficOptions, traffic } from "./traffic.js";
export type { Bytes, Flops, Macs, Parameters, Quantity, Seconds, Tokens } from "./units.js";

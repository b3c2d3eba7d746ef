export type { Attention, GeluMlp, HeadNorm, Mlp, QueryKeyValue } from "./block.js";
export type { OnActivation } from "./blocks.js";
export { type NamedArray, namedBuffers } from "./buffers.js";
export type { Condition, MaskedCondition, PooledCondition } from "./condition.js";
export { conditionFrom, type ToldSample } from "./condition-from.js";
export type { AdaLNBlock, AdaLNParams } from "./conditioning/ada-ln.js";
export type { AdaLNSingleBlock, AdaLNSingleParams, CaptionContext } from "./conditioning/ada-ln-single.js";
export {
  addConditioning,
  type ConditioningParts,
  defineConditioning,
  type NamedConditioning,
} from "./conditioning/add.js";
export type { CrossAttentionBlock, CrossAttentionParams } from "./conditioning/cross-attention.js";
export type { InContextBlock, InContextParams } from "./conditioning/in-context.js";
export { type ParamsByConditioning, type ParamsFromOutside, type ParamsOf, trunks } from "./conditioning/index.js";
export type { MmDitParams, PooledContext } from "./conditioning/mm-dit.js";
export { type Inputs, type Trunk, type TrunkPart, trunkParts } from "./conditioning/trunk.js";
export { type AssumedField, configFromWeights, type FoundConfig, type KnownConfig } from "./config-from-weights.js";
export type { ClassContext, ContextParams, FeatureContext, NoContext, WordContext } from "./context.js";
export type { ContextVectorParams, WordMeanContext } from "./context-vector.js";
export { type InitCount, parameterCount } from "./count.js";
export type { CrossAttention } from "./cross-attention.js";
export { type Dit, dit } from "./dit.js";
export { DitError, type DitErrorCode } from "./errors.js";
export { balanceLosses, type FeedForward, type Mixture } from "./experts.js";
export { type ExportOptions, exportWeights } from "./export.js";
export type { FinalLayer } from "./final-layer.js";
export type { GuidanceEmbedder } from "./guidance.js";
export type { JointBlock, PreOnlyStream } from "./joint-block.js";
export { weightLayouts } from "./layouts/index.js";
export type { Holds, Rows, Stored, StoredData, StoredParameter, StoredTable, WeightLayout } from "./layouts/layout.js";
export { paramsFrom } from "./load.js";
export type { Modulation } from "./modulation.js";
export { namedParams } from "./named.js";
export type { DitParams, ImageParams } from "./network.js";
export type { ApplyOptions, DitOptions } from "./options.js";
export { patchify, patchifyVideo, unpatchify, unpatchifyVideo } from "./patches.js";
export { positionTable } from "./position-table.js";
export { type OptimizerFamily, type ParameterRate, parameterRates } from "./rates.js";
export type { Linear, NamedSpecs, Norm, SpecsOf } from "./spec.js";
export type { SwiGlu } from "./swiglu.js";
export type { TimeEmbedder } from "./time.js";
export { timeFeatures } from "./time-features.js";
export { type ModelWithParams, toStandard } from "./to-standard.js";
export { checkCounted, type TracedFlops, tracedFlops } from "./traced.js";
export type { VectorMlp } from "./vector-mlp.js";
export { type WeightChoice, type WeightSet, weightSets } from "./weight-sets.js";

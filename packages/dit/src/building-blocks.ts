// What a trunk is put together from: the blocks of those of this package, for those from outside.
export * from "./block.js";
export * from "./blocks.js";
export { type AdaLNBlock, adaLNBlock, adaLNBlockSpecs } from "./conditioning/ada-ln.js";
export { type AdaLNSingleBlock, adaLNSingleBlock, adaLNSingleBlockSpecs } from "./conditioning/ada-ln-single.js";
export {
  type CrossAttentionBlock,
  crossAttentionBlock,
  crossAttentionBlockSpecs,
} from "./conditioning/cross-attention.js";
export { type InContextBlock, inContextBlock, inContextBlockSpecs } from "./conditioning/in-context.js";
export { type ContextParams, contextSpecs, embedContext, type FeatureContext, tableSpecs } from "./context.js";
export { contextVectorSpecs, embedContextVector } from "./context-vector.js";
export { attendTo, type CrossAttention, crossAttentionSpecs, type Told } from "./cross-attention.js";
export { type FeedForward, feedForwardSpecs, type Mixed, type Mixture, mix, mlpBranch } from "./experts.js";
export { type FinalLayer, finalLayer, finalLayerSpecs, readout, readoutSpecs } from "./final-layer.js";
export { type Initializer, smallNormal, xavier, zeroInit } from "./initializers.js";
export {
  type JointBlock,
  type JointInputs,
  jointBlock,
  jointBlockSpecs,
  type PreOnlyStream,
  type Streams,
} from "./joint-block.js";
export { lengthsAfter, meanOf } from "./lengths.js";
export * from "./modulation.js";
export { lastTokens, withRegisters } from "./registers.js";
export { type Rotation, rotate, rotationOf } from "./rotary.js";
export { type Linear, linearSpec, type Norm, normSpec, type Role, Spec, type SpecsOf } from "./spec.js";
export { type SwiGlu, swiGlu, swiGluSpecs } from "./swiglu.js";
export { embedTime, type TimeEmbedder, timeMlpSpecs, timeSpecs, withTime } from "./time.js";
export { type VectorMlp, vectorMlp, vectorMlpSpecs } from "./vector-mlp.js";

export { type NamedArray, namedBuffers } from "./buffers.js";
export type { Condition, PooledCondition } from "./condition.js";
export type { AdaLNBlock, AdaLNParams } from "./conditioning/ada-ln.js";
export type { AdaLNSingleBlock, AdaLNSingleParams } from "./conditioning/ada-ln-single.js";
export type { CrossAttentionBlock, CrossAttentionParams } from "./conditioning/cross-attention.js";
export type { InContextBlock, InContextParams } from "./conditioning/in-context.js";
export type { MmDitParams } from "./conditioning/mm-dit.js";
export { type InitCount, parameterCount } from "./count.js";
export { type Dit, dit } from "./dit.js";
export { DitError, type DitErrorCode } from "./errors.js";
export type { JointBlock } from "./joint-block.js";
export {
  type LearningRateRule,
  ladder,
  ladderWidths,
  learningRateFor,
  type Rung,
  rootRule,
  sizeFor,
  sizeOf,
} from "./ladder.js";
export { paramsFrom } from "./load.js";
export { namedParams } from "./named.js";
export type { DitParams } from "./network.js";
export { patchify, unpatchify } from "./patches.js";
export { positionTable } from "./position-table.js";
export { timeFeatures } from "./time-features.js";

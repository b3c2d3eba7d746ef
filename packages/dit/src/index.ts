export type { Condition, PooledCondition } from "./condition.js";
export type { InContextBlock, InContextParams } from "./conditioning/in-context.js";
export { type ParameterCount, parameterCount } from "./count.js";
export { type Dit, dit } from "./dit.js";
export { DitError, type DitErrorCode } from "./errors.js";
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
export { type NamedArray, namedParams, paramsFrom } from "./named.js";
export type { DitParams } from "./network.js";
export { patchify, unpatchify } from "./patches.js";
export { positionTable } from "./position-table.js";
export { timeFeatures } from "./time-features.js";

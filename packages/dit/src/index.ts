export type { InContextBlock, InContextParams } from "./conditioning/in-context.js";
export { type Dit, type DitParams, dit } from "./dit.js";
export { DitError, type DitErrorCode } from "./errors.js";
export { type NamedArray, namedParams, paramsFrom } from "./named.js";
export { patchify, unpatchify } from "./patches.js";
export { positionTable } from "./position-table.js";
export { sinCosPositions } from "./positions.js";
export { timeFeatures } from "./time.js";

// What an architecture is listed from: the layers and blocks of those of this package, for those from outside.
export * from "./blocks.js";
export {
  type At,
  classTable,
  contextTokens,
  finalLinear,
  type Layer,
  linear,
  norm,
  type Part,
  patchEmbedding,
  pointwise,
  timeEmbedding,
  under,
  vectorMlp,
} from "./layers.js";

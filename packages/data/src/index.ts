export { dataSource, type SourceParts } from "./data-source.js";
export { type Fingerprint, fingerprint } from "./fingerprint.js";
export type { ImageOptions } from "./image-options.js";
export { type LabelledImages, type LabelledOptions, type LabelledSplit, labelledImages } from "./labelled.js";
export { type Key, keyOf } from "./random/key.js";
export { Stream } from "./random/stream.js";
export { type Background, backgrounds } from "./scenes/palette.js";
export { type SceneSplit, scenes } from "./scenes/scenes.js";
export {
  allocateBatch,
  type Batch,
  type DataSource,
  type FeatureShape,
  type Provenance,
  type SourceDescription,
  type SourceFile,
  type SplitDescription,
} from "./source.js";
export { type DataSpec, sources } from "./sources.js";
export { decodeSheet, encodeSheet } from "./sprites/encoding.js";
export { resizeSheet } from "./sprites/resample.js";
export { emojiCategories, emojiSelection, type SpriteChoice } from "./sprites/selection.js";
export { shapeScenes, shapeSheet } from "./sprites/shapes.js";
export { type SpriteSheet, selectSprites } from "./sprites/sheet.js";
export { Vocabulary } from "./vocabulary.js";

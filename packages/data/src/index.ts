export { dataSource, type SourceParts } from "./data-source.js";
export type { Decoder, ImageShape } from "./decoders/decoder.js";
export type { PerChannel } from "./decoders/per-channel.js";
export { type DecoderSpec, decoders, type ModuleDecoder } from "./decoders.js";
export { DataError } from "./error.js";
export { type Fingerprint, fingerprint } from "./fingerprint.js";
export type { CaptionReader, RecordCaptions } from "./finite/captions.js";
export { classes } from "./finite/classes.js";
export { featureRecord, type StoredFeatures, withFeatures } from "./finite/features.js";
export { type FiniteOptions, type FiniteSplit, finiteSource } from "./finite/finite.js";
export { hashRecords } from "./finite/hash.js";
export { noCaptions } from "./finite/no-captions.js";
export type { HeldOut } from "./finite/split.js";
export { memoryStore, type RecordStore } from "./finite/store.js";
export { type WordOptions, words } from "./finite/words.js";
export type { ImageOptions } from "./image-options.js";
export { type LabelledImages, type LabelledOptions, type LabelledSplit, labelledImages } from "./labelled.js";
export { type ChannelMoments, Moments } from "./latents/moments.js";
export { unscaled } from "./latents/scaling.js";
export type { Opening, Progress } from "./opening.js";
export type { PictureDecoder } from "./pictures/browser-decoder.js";
export type { BadItem } from "./pictures/item.js";
export { type ChosenFile, type PicturesOptions, pictures } from "./pictures/pictures.js";
export type { Rgba } from "./pictures/square.js";
export type { NoisyImage, Posterior } from "./posterior.js";
export { type Key, keyOf } from "./random/key.js";
export { Stream } from "./random/stream.js";
export type { SceneKind } from "./scenes/layout.js";
export { type Background, backgrounds, SHADE_RANGE } from "./scenes/palette.js";
export type {
  LikelyLayout,
  SceneLayout,
  SceneObject,
  SceneSource,
  SceneSplit,
  ShadedLayout,
} from "./scenes/scene-source.js";
export { scenes } from "./scenes/scenes.js";
export {
  allocateBatch,
  type Batch,
  type DataSource,
  type FeatureShape,
  type LatentScaling,
  type Provenance,
  type SourceDescription,
  type SourceFile,
  type SplitDescription,
} from "./source.js";
export { sourceSpec } from "./source-spec.js";
export { type DataSpec, sources } from "./sources.js";
export { decodeSheet, encodeSheet } from "./sprites/encoding.js";
export { resizeSheet } from "./sprites/resample.js";
export { emojiCategories, emojiSelection, type SpriteChoice } from "./sprites/selection.js";
export { shapeScenes, shapeSheet } from "./sprites/shapes.js";
export { type SpriteSheet, selectSprites } from "./sprites/sheet.js";
export { Vocabulary, type VocabularyReading } from "./vocabulary.js";

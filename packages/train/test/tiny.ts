import { type DataSource, shapeScenes } from "@isoflop/data";
import type { DitConfig } from "@isoflop/flops";
import type { TrainSpecInput } from "../src/spec.js";

const shapes = shapeScenes({ size: 16, seed: 0 });

/** Shapes of 16 × 16 px. */
export const tinyData = (): DataSource => shapes;

/** The smallest in-context transformer that reads the tiny data. */
export const tinyModel = (data: DataSource = tinyData()): DitConfig => ({
  image: { height: 16, width: 16, channels: 3 },
  patch: 4,
  width: 8,
  depth: 1,
  heads: 1,
  conditioning: "inContext",
  context: { kind: "words", tokens: data.captionLength, vocabulary: data.vocabulary.size },
});

export const tinySpec = (overrides: Partial<TrainSpecInput> = {}): TrainSpecInput => ({
  model: tinyModel(),
  steps: 12,
  batch: 4,
  seed: 3,
  captionDropout: 0.25,
  validation: { images: 64 },
  ...overrides,
});

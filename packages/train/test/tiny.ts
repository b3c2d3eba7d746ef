import { type DataSource, shapeScenes } from "@isoflop/data";
import type { DitConfig } from "@isoflop/flops";
import { setupFor } from "../src/setup.js";
import type { TrainSpecInput } from "../src/spec.js";

const shapes = shapeScenes({ size: 16, seed: 0 });

/** Shapes of 16 × 16 px. */
export const tinyData = (): DataSource => shapes;

/** The smallest in-context transformer that reads the tiny data. */
export const tinyModel = (): DitConfig => ({ ...setupFor(tinyData(), { patch: 4 }), width: 8, depth: 1, heads: 1 });

export const tinySpec = (overrides: Partial<TrainSpecInput> = {}): TrainSpecInput => ({
  model: tinyModel(),
  steps: 12,
  batch: 4,
  seed: 3,
  captionDropout: 0.25,
  validation: { images: 64 },
  ...overrides,
});

import { shapeScenes } from "@isoflop/data";
import type { DitConfig, NamedConfig } from "@isoflop/flops";
import { contentOf } from "../src/content.js";
import type { RunResult } from "../src/result.js";
import type { Runner } from "../src/runner.js";
import type { RunSpecInput } from "../src/spec.js";

export const shapes = shapeScenes({ size: 16, seed: 0 });
export const openShapes = async () => shapes;

export const tinyModel = (width = 8): DitConfig => ({
  image: { height: 16, width: 16, channels: 3 },
  patch: 8,
  width,
  depth: 1,
  heads: 1,
  conditioning: "inContext",
  context: { kind: "words", tokens: shapes.captionLength, vocabulary: shapes.vocabulary.size },
});

export const sizes: readonly NamedConfig[] = [8, 16].map((width) => ({
  name: `width ${width}`,
  config: tinyModel(width),
}));

export const base = { data: { source: "shapes" }, content: contentOf(shapes), validation: { images: 64 } } as const;

export const tinyRun = (overrides: Partial<RunSpecInput> = {}): RunSpecInput => ({
  ...base,
  model: tinyModel(),
  steps: 6,
  batch: 2,
  budget: 1e6,
  ...overrides,
});

export const resultOf = (loss: number): RunResult => ({
  loss,
  lossStdErr: 0.01,
  params: 1,
  paramsNonEmbedding: 1,
  samples: 1,
  tokens: 1,
  flops: 1,
  convention: "exactFused",
  seconds: 1,
  device: "none",
  data: { name: "none", package: null, pixelsSha256: null, content: "none" },
});

/** Pretends to train: what it does is up to `perform`. */
export const fakeRunner = (perform: Runner["run"]): Runner => ({ run: perform, close: async () => {} });

import { readFile } from "node:fs/promises";
import type { Extractor } from "@isoflop/metrics";
import { type Device, openSafetensors } from "@isoflop/tensor";
import { expect } from "vitest";
import { pictures } from "./picture-data.js";

/**
 * Features of the two pictures as TensorFlow.js has them (`tfjs.safetensors`: values of the layer flatten_1 of models of nsfwjs 4.3.0, pictures divided by
 * 255 and resized by `resizeBilinear` with aligned corners), and the largest difference from them, relative to the largest feature.
 */
export const differenceFromTfjs = async (extractor: Extractor, model: string, device: Device): Promise<number> => {
  const file = await openSafetensors(await readFile(new URL("fixtures/tfjs.safetensors", import.meta.url)));
  const right = await file.float32(model);
  const loaded = await extractor.load(device);
  try {
    const found = await loaded.features(pictures());
    expect(found).toHaveLength(2 * extractor.dim);
    const difference = found.reduce((most, value, i) => Math.max(most, Math.abs(value - right[i]!)), 0);
    return difference / right.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  } finally {
    loaded.dispose();
  }
};

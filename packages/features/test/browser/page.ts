/** Runs in the browser: features of the two pictures, with weights that the page fetches. */
import { extractors } from "@isoflop/metrics";
import { createDevice } from "@isoflop/tensor";
import "../../src/index.js";
import { pictures } from "../picture-data.js";

export const run = async (extractor: string, kind: "wasm" | "webgpu"): Promise<readonly number[]> => {
  using device = await createDevice(kind);
  const loaded = await extractors.build({ kind: extractor } as never).load(device);
  return [...(await loaded.features(pictures()))];
};

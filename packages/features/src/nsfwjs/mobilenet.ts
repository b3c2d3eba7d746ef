import type { Extractor } from "@isoflop/metrics";
import { kind } from "@isoflop/spec";
import { networkExtractor } from "../network/extractor.js";
import { type NsfwjsModel, nsfwjsNetwork } from "./package.js";

const model = nsfwjsNetwork(
  async () => (await import("nsfwjs/models/mobilenet_v2")).MobileNetV2Model as unknown as NsfwjsModel,
);

/** MobileNetV2 (Sandler et al., arXiv 1801.04381) as nsfwjs trained it further: 1280 features after global average pooling. */
export const mobilenetV2 = kind({
  name: "mobilenetV2",
  about: "MobileNetV2 of the package nsfwjs: 1280 features of pictures of 224 pixels",
  options: {},
  build: (): Extractor =>
    networkExtractor({
      ...{ name: "mobilenet-v2-nsfwjs@224-bilinear", dim: 1280, size: 224, output: "flatten_1" },
      ...{ mean: [0, 0, 0], std: [1, 1, 1] },
      ...model,
    }),
});

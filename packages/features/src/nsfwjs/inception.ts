import type { Extractor } from "@isoflop/metrics";
import { kind } from "@isoflop/spec";
import { networkExtractor } from "../network/extractor.js";
import { type NsfwjsModel, nsfwjsNetwork } from "./package.js";

const model = nsfwjsNetwork(
  async () => (await import("nsfwjs/models/inception_v3")).InceptionV3Model as unknown as NsfwjsModel,
);

/** InceptionV3 (Szegedy et al., arXiv 1512.00567) as nsfwjs trained it further: 2048 features after global average pooling. Not the network of FID. */
export const inceptionV3 = kind({
  name: "inceptionV3",
  about: "InceptionV3 of the package nsfwjs, which is not that of FID: 2048 features of pictures of 299 pixels",
  options: {},
  build: (): Extractor =>
    networkExtractor({
      ...{ name: "inception-v3-nsfwjs@299-bilinear", dim: 2048, size: 299, output: "flatten_1" },
      ...{ mean: [0, 0, 0], std: [1, 1, 1] },
      ...model,
    }),
});

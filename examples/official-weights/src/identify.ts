import { configFromWeights, type FoundConfig } from "@isoflop/dit";
import { type DitConfig, presets } from "@isoflop/flops";
import { families } from "./families.js";
import type { Options } from "./options.js";
import type { WeightFile } from "./read-file.js";

export interface Identified extends FoundConfig {
  readonly family: keyof typeof families;
  /** The published model of that size, if one is. */
  readonly published: string | undefined;
}

/** The published model of a depth, width and patch: its number of heads is no shape of its weights. */
const publishedOf = (config: Pick<DitConfig, "depth" | "width" | "patch" | "conditioning">): string | undefined =>
  Object.entries(presets).find(
    ([, { depth, width, patch, conditioning }]) =>
      depth === config.depth &&
      width === config.width &&
      patch === config.patch &&
      conditioning === config.conditioning,
  )?.[0];

/**
 * What the weights of a file are. Heads are told, or those of `config.json`, or those of the published size.
 * @throws DitError("weights") with what must be told
 */
export const identify = (file: WeightFile, options: Pick<Options, "choice" | "heads" | "size" | "family">): Identified => {
  const { arrays } = file;
  const side = options.size ?? file.size;
  const withHeads = (heads: number | undefined, image?: DitConfig["image"]) =>
    configFromWeights(arrays, { ...(heads !== undefined && { heads }), ...(image && { image }) }, options.choice);
  // Any number of heads that divides shows depth and width.
  const { image: seen, ...rest } = withHeads(1, { height: 1024, width: 1024, channels: 4 }).config;
  const published = publishedOf(rest);
  const heads = options.heads ?? file.heads ?? (published && presets[published as keyof typeof presets].heads);
  const kernel = arrays;
  void [seen, kernel];
  const found = withHeads(heads, side === undefined ? undefined : { height: side, width: side, channels: 4 });
  const family = options.family ?? (found.layout === "LightningDiT" ? "LightningDiT" : "DiT");
  const { timeScale } = families[family];
  return { ...found, config: { ...found.config, timeScale }, family, published };
};

import { configFromWeights, type FoundConfig, weightSets } from "@isoflop/dit";
import { families } from "./families.js";
import type { Options } from "./options.js";
import type { WeightFile } from "./read-file.js";

export interface Identified extends FoundConfig {
  readonly family: keyof typeof families;
}

/**
 * What the weights of a file are. Heads and the side of the latents are as they are told, as `config.json` says, as the shapes or a published
 * size have them.
 * @throws DitError("weights") with what must be told
 */
export const identify = (
  { arrays, ...beside }: WeightFile,
  { choice, ...told }: Pick<Options, "choice" | "heads" | "size" | "family">,
): Identified => {
  const [heads, side] = [told.heads ?? beside.heads, told.size ?? beside.size];
  const known = {
    ...(heads !== undefined && { heads }),
    ...(side !== undefined && { image: { height: side, width: side } }),
  };
  const [first] = weightSets(arrays, choice);
  const family = told.family ?? (first?.layout === "LightningDiT" ? "LightningDiT" : "DiT");
  return { ...configFromWeights(arrays, { ...known, timeScale: families[family].timeScale }, choice), family };
};

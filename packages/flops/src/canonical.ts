import type { DitConfig } from "./config.js";
import { canonicalContext } from "./context.js";
import { canonicalParameterization } from "./parameterization.js";
import { featuresOfDiT, resolve, stepsOfDiT } from "./resolve.js";

/**
 * The config with its defaults filled in and nothing else, so that one model has one text and one hash. Fields that came after the first
 * ones, from time as a token to frames, are left unsaid at their defaults: texts from before there was a choice stay what they were.
 * @throws FlopsError("config") as {@link resolve}
 */
export const canonicalConfig = (config: DitConfig): DitConfig => {
  const c = resolve(config);
  return {
    image: c.image,
    patch: c.patch,
    width: c.width,
    depth: c.depth,
    heads: c.heads,
    mlpRatio: c.mlpRatio,
    outChannels: c.outChannels,
    conditioning: c.conditioning,
    context: canonicalContext(c.context),
    positions: c.positions,
    qkNorm: c.qkNorm,
    ...(config.time === "added" && { time: "added" }),
    ...(c.timeScale !== stepsOfDiT && { timeScale: c.timeScale }),
    ...(c.timeFeatures !== featuresOfDiT && { timeFeatures: c.timeFeatures }),
    ...(c.guidance && { guidance: true }),
    ...(c.norm !== "layer" && { norm: c.norm }),
    ...(c.mlp !== "gelu" && { mlp: c.mlp }),
    ...(c.registers !== 0 && { registers: c.registers }),
    ...(c.experts && { experts: c.experts }),
    ...(c.patchFrames !== 1 && { patchFrames: c.patchFrames }),
    ...canonicalParameterization(c.parameterization),
  };
};

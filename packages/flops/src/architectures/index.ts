import { type Conditioning, type DitConfig, type ResolvedConfig, resolve } from "../config.js";
import type { Layer } from "../layers.js";
import { adaLN, adaLNZero } from "./ada-ln.js";
import { adaLNSingle } from "./ada-ln-single.js";
import { crossAttention } from "./cross-attention.js";
import { inContext } from "./in-context.js";
import { mmDit } from "./mm-dit.js";

const architectures: Readonly<Record<Conditioning, (config: ResolvedConfig) => Layer[]>> = {
  inContext,
  crossAttention,
  adaLN,
  adaLNZero,
  adaLNSingle,
  mmDit,
};

/**
 * Every layer of the model for one sample, in the order of the forward pass.
 * @throws FlopsError("config") if the config is wrong.
 */
export const layers = (config: DitConfig): readonly Layer[] => {
  const resolved = resolve(config);
  return architectures[resolved.conditioning](resolved);
};

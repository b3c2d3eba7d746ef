import { type Conditioning, type DitConfig, type ResolvedConfig, resolve } from "../config.js";
import type { Layer } from "../layers.js";
import { adaLN, adaLNZero } from "./adaLN.js";
import { adaLNSingle } from "./adaLNSingle.js";
import { crossAttention } from "./crossAttention.js";
import { inContext } from "./inContext.js";
import { mmDit } from "./mmDit.js";

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
export function layers(config: DitConfig): readonly Layer[] {
  const resolved = resolve(config);
  return architectures[resolved.conditioning](resolved);
}

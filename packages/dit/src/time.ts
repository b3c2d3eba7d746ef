import type { ResolvedConfig } from "@isoflop/flops";
import { linear, silu, type Tensor } from "@isoflop/tensor";
import { smallNormal } from "./laws.js";
import { type Linear, linearSpec, type SpecsOf } from "./spec.js";
import { featureCount } from "./time-features.js";

/** Linear, SiLU, Linear. The names are the indices of PyTorch's Sequential. */
export interface TimeEmbedder {
  readonly 0: Linear;
  readonly 2: Linear;
}

export const timeSpecs = ({ width }: ResolvedConfig): SpecsOf<TimeEmbedder> => ({
  0: linearSpec("timeEmbedding", featureCount, width, smallNormal),
  2: linearSpec("timeEmbedding", width, width, smallNormal),
});

/** Features of time [n, 256] to one vector per sample, [n, width]. */
export const embedTime = (params: TimeEmbedder, features: Tensor): Tensor => {
  const hidden = silu(linear(features, params[0].weight, params[0].bias));
  return linear(hidden, params[2].weight, params[2].bias);
};

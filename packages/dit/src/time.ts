import type { ResolvedConfig } from "@isoflop/flops";
import { concat, cos, linear, silu, sin, type Tensor } from "@isoflop/tensor";
import { frequencies, phases } from "./frequencies.js";
import { smallNormal } from "./laws.js";
import { type Linear, linearSpec, type SpecsOf } from "./spec.js";

/** Linear, SiLU, Linear. The names are the indices of PyTorch's Sequential. */
export interface TimeEmbedder {
  readonly 0: Linear;
  readonly 2: Linear;
}

/** Length of the sine-cosine features in the official code. */
const featureCount = 256;

/** Time is 0 to 1 outside and 0 to 1000 inside, as in SD3 and Flux. */
const timeScale = 1000;

/** Cosines, then sines of 1000 t at 128 frequencies: t [n] to [n, 256]. */
export const timeFeatures = (t: Tensor): Tensor => {
  const angles = phases(t.mul(timeScale), frequencies(featureCount / 2));
  return concat([cos(angles), sin(angles)], 1);
};

export const timeSpecs = ({ width }: ResolvedConfig): SpecsOf<TimeEmbedder> => ({
  0: linearSpec("timeEmbedding", featureCount, width, smallNormal),
  2: linearSpec("timeEmbedding", width, width, smallNormal),
});

/** t [n] to one vector per sample, [n, width]. */
export const embedTime = (params: TimeEmbedder, t: Tensor): Tensor => {
  const hidden = silu(linear(timeFeatures(t), params[0].weight, params[0].bias));
  return linear(hidden, params[2].weight, params[2].bias);
};

import type { ResolvedConfig } from "@isoflop/flops";
import { linear, silu, type Tensor } from "@isoflop/tensor";
import { smallNormal } from "./initializers.js";
import { type Linear, linearSpec, type SpecsOf } from "./spec.js";
import { timeFeatures } from "./time-features.js";

/** Flux's MLPEmbedder of the guidance scale (`black-forest-labs/flux: src/flux/modules/layers.py`). */
export interface GuidanceEmbedder {
  readonly in_layer: Linear;
  readonly out_layer: Linear;
}

export const guidanceSpecs = ({ timeFeatures, width }: ResolvedConfig): SpecsOf<GuidanceEmbedder> => ({
  in_layer: linearSpec("timeEmbedding", timeFeatures, width, smallNormal, "input"),
  out_layer: linearSpec("timeEmbedding", width, width, smallNormal),
});

/** What the scale is multiplied by, whatever t is: Flux's `time_factor`. */
const guidanceScale = 1000;

/** Scales of guidance, f32 [n], each as a vector that is added to time's, [n, width]. */
export const embedGuidance = (
  { in_layer, out_layer }: GuidanceEmbedder,
  guidance: Tensor,
  { timeFeatures: count }: ResolvedConfig,
): Tensor => {
  const hidden = silu(linear(timeFeatures(guidance, guidanceScale, count), in_layer.weight, in_layer.bias));
  return linear(hidden, out_layer.weight, out_layer.bias);
};

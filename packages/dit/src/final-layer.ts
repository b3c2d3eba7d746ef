import type { ResolvedConfig } from "@isoflop/flops";
import { linear, type Tensor } from "@isoflop/tensor";
import { zeroInit } from "./initializers.js";
import { type Modulation, modulate, modulation, modulationSpecs, oneBranch } from "./modulation.js";
import { type Linear, linearSpec, type SpecsOf } from "./spec.js";

/** DiT's last layer: shift and scale from the conditioning vector, then the readout. */
export interface FinalLayer {
  readonly linear: Linear;
  readonly adaLN_modulation: Modulation;
}

/** Output projection to patches in row, column, channel order. It starts at zero (`facebookresearch/DiT: models.py`). */
export const readoutSpecs = ({ width, outChannels, patch }: ResolvedConfig): SpecsOf<Linear> =>
  linearSpec("finalLayer", width, outChannels * patch ** 2, zeroInit);

export const finalLayerSpecs = (config: ResolvedConfig): SpecsOf<FinalLayer> => ({
  linear: readoutSpecs(config),
  adaLN_modulation: modulationSpecs(config.width, 2),
});

/** Image tokens [n, T, d] and the conditioning vector [n, d] to patches [n, T, p · p · c]. */
export const finalLayer = ({ linear: out, adaLN_modulation }: FinalLayer, x: Tensor, vector: Tensor): Tensor =>
  linear(modulate(x, oneBranch(modulation(adaLN_modulation, vector))), out.weight, out.bias);

import { type NormKind, patchSize, type ResolvedConfig } from "@isoflop/flops";
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
export const readoutSpecs = (config: ResolvedConfig): SpecsOf<Linear> =>
  linearSpec("finalLayer", config.width, config.outChannels * patchSize(config), zeroInit, "output");

export const finalLayerSpecs = (config: ResolvedConfig): SpecsOf<FinalLayer> => ({
  linear: readoutSpecs(config),
  adaLN_modulation: modulationSpecs(config.width, 2),
});

/** Image tokens [n, T, d], with their shift and scale [n, 2d], to patches [n, T, p · p · c]. */
export const readout = ({ weight, bias }: Linear, x: Tensor, vectors: Tensor, norm?: NormKind): Tensor =>
  linear(modulate(x, oneBranch(vectors, norm)), weight, bias);

/** The same with shift and scale from the conditioning vector [n, d]. */
export const finalLayer = (params: FinalLayer, x: Tensor, vector: Tensor, norm?: NormKind): Tensor =>
  readout(params.linear, x, modulation(params.adaLN_modulation, vector), norm);

import type { ResolvedConfig } from "@isoflop/flops";
import { linear, mul, silu, split, type Tensor } from "@isoflop/tensor";
import { type Linear, linearSpec, type SpecsOf } from "./spec.js";

/** DINOv2's SwiGLUFFN, as LightningDiT has it. */
export interface SwiGlu {
  /** (2 · hidden, d): rows of what SiLU gates, then of what it is multiplied with. */
  readonly w12: Linear;
  readonly w3: Linear;
}

export const swiGluSpecs = ({ width, mlpWidth }: ResolvedConfig): SpecsOf<SwiGlu> => ({
  w12: linearSpec("mlp", width, 2 * mlpWidth),
  w3: linearSpec("mlp", mlpWidth, width),
});

/** W₃(SiLU(W₁ x) ⊙ W₂ x) (Shazeer, arXiv 2002.05202, eq. 6; biases as in LightningDiT). */
export const swiGlu = ({ w12, w3 }: SwiGlu, x: Tensor): Tensor => {
  const [gate, value] = split(linear(x, w12.weight, w12.bias), 2, x.rank - 1) as [Tensor, Tensor];
  return linear(mul(silu(gate), value), w3.weight, w3.bias);
};

import type { Part } from "@isoflop/flops";
import { linear, silu, type Tensor } from "@isoflop/tensor";
import type { Initializer } from "./initializers.js";
import { type Linear, linearSpec, type SpecsOf } from "./spec.js";

/** Linear, SiLU, Linear on one vector per sample. The names are the indices of PyTorch's Sequential. */
export interface VectorMlp {
  readonly 0: Linear;
  readonly 2: Linear;
}

export const vectorMlpSpecs = (part: Part, inputs: number, width: number, init?: Initializer): SpecsOf<VectorMlp> => ({
  0: linearSpec(part, inputs, width, init, "input"),
  2: linearSpec(part, width, width, init),
});

/** [n, inputs] to [n, width]. */
export const vectorMlp = (params: VectorMlp, x: Tensor): Tensor => {
  const hidden = silu(linear(x, params[0].weight, params[0].bias));
  return linear(hidden, params[2].weight, params[2].bias);
};

import type { ResolvedConfig } from "@isoflop/flops";
import type { Tensor } from "@isoflop/tensor";
import type { SpecsOf } from "../spec.js";

/** What the blocks are given, all of width d. */
export interface Embedded {
  /** Image tokens with their positions, [n, T, d]. */
  readonly image: Tensor;
  /** One vector of time per sample, [n, d]. */
  readonly time: Tensor;
  /** Context tokens [n, X, d], absent where the model is told nothing. */
  readonly context: Tensor | undefined;
}

/** How time and context reach the image tokens: the blocks and the last norm, with their parameters P. One file each. */
export interface Conditioning<P> {
  specs(config: ResolvedConfig): SpecsOf<P>;
  /** Image tokens [n, T, d] after the last norm, ready for the output projection. */
  forward(params: P, embedded: Embedded, config: ResolvedConfig): Tensor;
}

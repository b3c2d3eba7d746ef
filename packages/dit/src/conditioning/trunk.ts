import type { ResolvedConfig } from "@isoflop/flops";
import type { Named } from "@isoflop/spec";
import type { Tensor } from "@isoflop/tensor";
import type { Run } from "../blocks.js";
import type { SpecsOf } from "../spec.js";

/** What a trunk is given for a batch of n. */
export interface Inputs {
  /** Image tokens with their positions, [n, T, d]. */
  readonly image: Tensor;
  /** Sines and cosines of time, [n, 256]. */
  readonly time: Tensor;
  /** What the model is told, as its context says; absent under "none". */
  readonly context: Tensor | undefined;
  /** i32 [n], how many of the context's tokens count, from the first; absent where all do. */
  readonly lengths: Tensor | undefined;
  /** The encoder's pooled vector, [n, pooled], where the context has one. */
  readonly pooled: Tensor | undefined;
}

/** How time and context reach the image tokens, one file a conditioning: their embeddings, the blocks and the last layer, with parameters P. */
export interface Trunk<P> extends Named {
  /** That of its conditioning in a config. */
  readonly name: string;
  /** Whether it reads `lengths`: one that does not is refused for a context that is masked. */
  readonly masks?: boolean;
  /** Names in official weights that hold data and no parameters: passed over where weights are read. */
  readonly passedOver?: readonly string[];
  /** Shape and init of every parameter, under the official code's names. */
  specs(config: ResolvedConfig): SpecsOf<P>;
  /** Whether its blocks are run by `runBlocks`: one whose are not is refused checkpointing and stochastic depth. */
  readonly runs?: boolean;
  /** The prediction as patches in row, column, channel order, [n, T, p · p · outChannels]. */
  forward(params: P, inputs: Inputs, config: ResolvedConfig, run: Run): Tensor;
}

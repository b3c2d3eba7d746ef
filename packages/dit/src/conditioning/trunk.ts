import type { ResolvedConfig } from "@isoflop/flops";
import type { Named } from "@isoflop/spec";
import type { Tensor } from "@isoflop/tensor";
import type { Run } from "../blocks.js";
import type { SpecsOf } from "../spec.js";

/** What a trunk is given for a batch of n. */
export interface Inputs {
  /** Image tokens with what positions add to them, [n, T, d]. */
  readonly image: Tensor;
  /** Learned tokens beside them, [1, R, d], where the config has some: every block reads them, no readout does. */
  readonly registers: Tensor | undefined;
  /** Sines and cosines of time, [n, timeFeatures]. */
  readonly time: Tensor;
  /** The vector of the guidance scale, [n, d], to be added to that of time where there is one. */
  readonly guidance: Tensor | undefined;
  /** What the model is told, as its context says; absent under "none". */
  readonly context: Tensor | undefined;
  /** i32 [n], how many of the context's tokens count, from the first; absent where all do. */
  readonly lengths: Tensor | undefined;
  /** The encoder's pooled vector, [n, pooled], where the context has one. */
  readonly pooled: Tensor | undefined;
}

/** Parts of a config that only the trunk can build: RoPE, registers, the guidance scale and root-mean-square norms. */
export const trunkParts = ["rope", "registers", "guidance", "rms"] as const;
export type TrunkPart = (typeof trunkParts)[number];

/** How time and context reach the image tokens, one file a conditioning: their embeddings, the blocks and the last layer, with parameters P. */
export interface Trunk<P> extends Named {
  /** That of its conditioning in a config. */
  readonly name: string;
  /** Whether it reads `lengths`: one that does not is refused for a context that is masked. */
  readonly masks?: boolean;
  /** Which parts of a config it minds that no other code could mind for it: one that does not is refused for a config that has them. */
  readonly minds?: readonly TrunkPart[];
  /** Names in official weights that hold data and no parameters: passed over where weights are read. */
  readonly passedOver?: readonly string[];
  /** Shape and init of every parameter, under the official code's names. */
  specs(config: ResolvedConfig): SpecsOf<P>;
  /** Whether its blocks are run by `runBlocks`: one whose are not is refused checkpointing and stochastic depth. */
  readonly runs?: boolean;
  /** The prediction as patches in row, column, channel order, [n, T, p · p · outChannels]. */
  forward(params: P, inputs: Inputs, config: ResolvedConfig, run: Run): Tensor;
}

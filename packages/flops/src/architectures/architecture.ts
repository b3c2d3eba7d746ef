import type { Named } from "@isoflop/spec";
import type { Layer } from "../layers.js";
import type { Resolved } from "../resolved.js";

/** How time and context reach the blocks: what it needs to be told, and every layer of the model. */
export interface Architecture extends Named {
  /** That of its conditioning in a config. */
  readonly name: string;
  /** In words, for reports. */
  readonly words: string;
  /** Whether the blocks read time as tokens, so that a config may say how; otherwise time modulates them. */
  readonly readsTime: boolean;
  /**
   * Whether the blocks read context as tokens: never, where there is some, always (there must be some), or that or time (there must be
   * one of them).
   */
  readonly readsContext: "never" | "where given" | "always" | "or time";
  /** Whether image tokens attend to context by queries of their own, apart from attention among themselves. Default: no. */
  readonly crossAttends?: boolean;
  /** Whether it takes an encoder's pooled vector. */
  readonly takesPooled: boolean;
  /** Every layer for one sample, in the order of the forward pass. */
  layers(config: Resolved): Layer[];
}

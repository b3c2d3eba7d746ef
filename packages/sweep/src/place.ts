import {
  type Convention,
  conventions,
  type Flops,
  type Parameters,
  parameters,
  stepFlops,
  type Tokens,
  tokensPerSample,
} from "@isoflop/flops";
import type { TrainSpec } from "@isoflop/train";

/** What C counts wherever nothing else is said: FLOPs as the trained program spends them, whose attention computes its scores again backward. */
export const computeConvention: Convention = conventions.exactFused;

/** Where a run lies on the axes of its laws: a pure function of its spec. */
export interface Place {
  /** Trainable parameters. */
  readonly params: Parameters;
  /** Parameters that take part in products: without look-up tables and learned positions. */
  readonly paramsNonEmbedding: Parameters;
  readonly samples: number;
  /** Image tokens seen. */
  readonly tokens: Tokens;
  /** Spent in training, by {@link computeConvention}. */
  readonly flops: Flops;
}

export const placeOf = ({ model, steps, batch }: Pick<TrainSpec, "model" | "steps" | "batch">): Place => {
  const samples = steps * batch;
  const { trainable, nonEmbedding } = parameters(model);
  return {
    params: trainable,
    paramsNonEmbedding: nonEmbedding,
    samples,
    tokens: samples * tokensPerSample(model),
    flops: steps * stepFlops(model, batch, computeConvention),
  };
};

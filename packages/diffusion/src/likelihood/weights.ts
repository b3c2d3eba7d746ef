import type { Solved } from "./state.js";
import type { Likelihood } from "./types.js";

/** A solve of one draw of the dequantization, with log q of it: [n] each. */
export interface Drawn extends Solved {
  readonly dequantization: Float64Array;
}

/** -log mean exp(-nats) of several draws for one sample, with the share of each. */
const meanWeight = (nats: readonly number[]): { readonly nats: number; readonly shares: readonly number[] } => {
  const least = Math.min(...nats);
  const weights = nats.map((value) => Math.exp(least - value));
  const total = weights.reduce((sum, value) => sum + value, 0);
  return { nats: least - Math.log(total / nats.length), shares: weights.map((value) => value / total) };
};

/** What the draws of n samples come to together: the nats of their mean weight, the means of their parts, and what the probes leave open. */
export const together = (
  draws: readonly Drawn[],
  n: number,
): Pick<Likelihood, "nats" | "parts"> & { readonly standardError: Float64Array } => {
  const weighted = Array.from({ length: n }, (_, i) =>
    meanWeight(draws.map(({ prior, divergence, dequantization }) => prior[i]! + divergence[i]! + dequantization[i]!)),
  );
  const meanOf = (part: keyof Drawn): Float64Array =>
    Float64Array.from({ length: n }, (_, i) => draws.reduce((sum, draw) => sum + draw[part][i]!, 0) / draws.length);
  const errors = weighted.map(({ shares }, i) =>
    Math.sqrt(shares.reduce((sum, share, d) => sum + share ** 2 * draws[d]!.variance[i]!, 0)),
  );
  return {
    nats: Float64Array.from(weighted, ({ nats }) => nats),
    standardError: Float64Array.from(errors),
    parts: { prior: meanOf("prior"), divergence: meanOf("divergence"), dequantization: meanOf("dequantization") },
  };
};

import type { Interval } from "../../types.js";
import type { CardConventions, LawCard } from "../schema.js";

/** What a card shall count; what is not said stays as it is. */
export interface ConversionTarget {
  readonly parameters?: "all" | "non-embedding";
  /** Whether D counts tokens, of whatever kind the samples are made of, or samples. */
  readonly tokens?: "tokens" | "samples";
  readonly compute?: "6ND" | "exact-flops" | "exact-macs";
}

/** What a conversion needs to know of the models that the card is about. */
export interface ConversionFacts {
  /** Training FLOPs per token of a model of N parameters, N as the card counts them (where it counts FLOPs per token, as they shall be counted); or k of C = k·N·D. */
  readonly flopsPerToken?: number | ((N: number) => number) | undefined;
  /** Embedding parameters of a model of N parameters, N as the card counts them. */
  readonly embedding?: number | ((N: number) => number) | undefined;
  readonly tokensPerSample?: number | undefined;
  /** Where laws are taken along the optimum, C between which they are; the card's range where it is not given. */
  readonly between?: Interval | undefined;
}

/** What could not come along, and why. */
export interface LeftUnconverted {
  readonly of: string;
  readonly why: string;
}

export type Compute = CardConventions["compute"]["is"];

/** What is to be changed of a card, with what is known. */
export interface Plan {
  readonly card: LawCard;
  readonly to: ConversionTarget;
  readonly facts: ConversionFacts;
  /** What of N, D and C is counted in another way. */
  readonly changes: { readonly N: boolean; readonly D: boolean; readonly C: boolean };
  readonly before: Compute;
  readonly after: Compute;
}

export const planOf = (card: LawCard, to: ConversionTarget, facts: ConversionFacts): Plan => {
  const { parameters, tokens, compute } = card.conventions;
  const N = to.parameters !== undefined && to.parameters !== parameters.is;
  const D = to.tokens !== undefined && (to.tokens === "samples") !== (tokens.is === "samples");
  const [before, after] = [compute.is, to.compute ?? compute.is];
  // 6ND is of the N that is counted.
  const C = after !== before || (before === "6ND" && N);
  return { card, to, facts, changes: { N, D, C }, before, after };
};

/** Whether N is FLOPs per token, to be turned into parameters. */
export const isScale = ({ card, changes }: Plan): boolean =>
  changes.N && card.conventions.parameters.is === "flops-per-token";

/** Why a plan cannot be carried out: what the card does not say, or which fact is missing. */
export const missingOf = ({ card, to, facts, changes, before, after }: Plan): string | undefined => {
  const { parameters, tokens, compute } = card.conventions;
  if (changes.N) {
    if (parameters.is === "unknown") return "its conventions.parameters is unknown";
    if (parameters.is === "flops-per-token") {
      if (facts.flopsPerToken === undefined)
        return "flopsPerToken is missing, the FLOPs per token of a model of N parameters";
    } else if (parameters.is !== "all" && parameters.is !== "non-embedding")
      return `it counts ${parameters.is} parameters, which embeddings alone do not turn into ${to.parameters}`;
    else if (facts.embedding === undefined) return "embedding is missing, the parameters of the embeddings";
  }
  if (changes.D) {
    if (tokens.is === "unknown") return "its conventions.tokens is unknown";
    if (facts.tokensPerSample === undefined) return "tokensPerSample is missing";
  }
  if (changes.C) {
    if (compute.is === "unknown") return "its conventions.compute is unknown";
    if ((before === "6ND") !== (after === "6ND") && before !== "flops-per-token" && facts.flopsPerToken === undefined)
      return "flopsPerToken is missing, the training FLOPs per token of a model of N parameters";
    if (tokens.is === "samples" && before !== after && facts.tokensPerSample === undefined)
      return "tokensPerSample is missing: compute is spent on tokens, and D counts samples";
  }
  return undefined;
};

/** What the card counts afterwards. */
export const conventionsAfter = ({ card, to, changes, after }: Plan): CardConventions => ({
  ...card.conventions,
  ...(changes.N && { parameters: { is: to.parameters! } }),
  ...(changes.D && {
    tokens: to.tokens === "samples" ? { is: "samples" } : { is: "unknown", words: "the tokens of the samples" },
  }),
  ...(changes.C && { compute: { is: after } }),
});

/** Multiply-adds are half the FLOPs. */
export const unitOf = (compute: Compute): number => (compute === "exact-macs" ? 0.5 : 1);

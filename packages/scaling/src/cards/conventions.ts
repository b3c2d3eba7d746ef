import type { CardConventions, LawCard } from "./schema.js";

/** What can be counted in more than one way. */
export type Counted = keyof CardConventions;

const names: Readonly<Record<Counted, string>> = {
  parameters: "N",
  tokens: "D",
  compute: "C",
  loss: "loss",
  learningRate: "learning rate",
  batch: "batch",
};

const words: Readonly<Record<string, string>> = {
  all: "all parameters",
  "non-embedding": "parameters without embeddings",
  "without-input-embedding": "parameters without the input embedding, the last layer among them",
  active: "active parameters",
  "flops-per-token": "FLOPs per token",
  "text-tokens": "text tokens",
  "image-tokens": "image tokens",
  "video-tokens": "video tokens",
  "all-tokens": "tokens of every kind",
  samples: "samples",
  "6ND": "6ND",
  "exact-flops": "FLOPs as the paper counts them",
  "exact-macs": "multiply-adds as the paper counts them",
  "nats-per-token": "nats per token",
  "bits-per-byte": "bits per byte",
  "bits-per-character": "bits per character",
  "velocity-mse": "mean squared error of the velocity",
  "noise-mse": "mean squared error of the noise",
  peak: "the peak of its schedule",
  constant: "constant",
  tokens: "tokens",
  sequences: "sequences",
};

/** One convention in words: "loss: mean squared error of the velocity (training)". */
export const conventionWords = (conventions: CardConventions, counted: Counted): string | undefined => {
  const said = conventions[counted];
  if (!said) return undefined;
  const of = said.is === "unknown" ? "unknown" : (words[said.is] ?? said.is);
  const on = "on" in said && said.on !== "unknown" ? `, ${said.on}` : "";
  return `${names[counted]}: ${of}${on}`;
};

/** In what two cards count differently, or may: one does not say. */
export interface Difference {
  readonly counted: Counted;
  /** Whether both are known, and are not the same. */
  readonly known: boolean;
  readonly a: string;
  readonly b: string;
}

/** Every convention in which two cards are not known to agree; of those that only one of them needs, none. */
export const conventionsDiffer = (a: Pick<LawCard, "conventions">, b: Pick<LawCard, "conventions">): Difference[] =>
  (Object.keys(names) as Counted[]).flatMap((counted) => {
    const [one, other] = [a.conventions[counted], b.conventions[counted]];
    if (!one || !other) return [];
    const known = one.is !== "unknown" && other.is !== "unknown";
    if (known && one.is === other.is) return [];
    return [{ counted, known, a: one.is, b: other.is }];
  });

import type { CardRelation, LawCard } from "../schema.js";

const source = { where: "Figure 1, RefinedWeb", verified: "secondary" } as const;

const exponent = (value: number, low: number, high: number, variant?: string): CardRelation => ({
  of: "N",
  unit: "parameters",
  ...(variant !== undefined && { variant }),
  exponents: { C: { value, interval: [low, high], level: 0.95 } },
  source,
});

export const porian: LawCard = {
  record: "card",
  name: "porian-2406.19146",
  title: "Resolving Discrepancies in Compute-Optimal Scaling of Language Models",
  authors: "Porian et al.",
  year: 2024,
  arxiv: "2406.19146",
  licence: "formll/resolving-scaling-law-discrepancies, MIT",
  note: "Exponents of N* on RefinedWeb: the main one with tuned hyperparameters, the others on the way from Kaplan et al. to it.",
  conventions: {
    parameters: {
      is: "without-input-embedding",
      words: "of the main law; the first variant leaves the last layer out, too",
    },
    tokens: { is: "text-tokens" },
    compute: { is: "6ND" },
    loss: { is: "nats-per-token", on: "unknown", words: "validation or training loss, by experiment" },
    learningRate: { is: "constant", words: "of the main law, tuned by size" },
  },
  range: { C: [1.25e16, 2.56e19], N: [5e6, 901e6] },
  laws: [
    exponent(0.497, 0.49, 0.5),
    exponent(0.835, 0.82, 0.85, "as Kaplan et al.: no last layer in C, long warm-up"),
    exponent(0.706, 0.69, 0.72, "the last layer counted"),
    exponent(0.602, 0.59, 0.62, "and warm-up by size"),
    exponent(0.571, 0.56, 0.59, "and cosine decay over the budget"),
  ],
  reproduces: [{ given: { C: 1e18 }, asks: "exponent of N", expected: 0.497, within: 0, where: source.where }],
};

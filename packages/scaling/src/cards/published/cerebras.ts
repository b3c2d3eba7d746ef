import type { LawCard } from "../schema.js";

/** Training FLOPs and test loss of the models that were trained. */
const models = (
  [
    [2.8e20, 1.997, "1.3B"],
    [1.1e21, 1.834, "2.7B"],
    [6.3e21, 1.704, "6.7B"],
    [2.3e22, 1.572, "13B"],
  ] as const
).map(([C, expected, name]) => ({
  given: { C },
  asks: "loss",
  expected,
  within: 0.011,
  where: `Cerebras-GPT ${name}, README of the Cerebras Model Zoo`,
  note: "what was measured, with its compute in two digits: the law goes through the models within 1 %",
}));

export const cerebras: LawCard = {
  record: "card",
  name: "cerebras-gpt-2304.03208",
  title: "Cerebras-GPT: Open Compute-Optimal Language Models Trained on the Cerebras Wafer-Scale Cluster",
  authors: "Dey et al.",
  year: 2023,
  arxiv: "2304.03208",
  licence: "numbers of the paper; the models are Apache-2.0",
  note: "Models of 111M to 6.7B parameters at 20 tokens per parameter; the 13B model was predicted.",
  conventions: {
    parameters: { is: "all" },
    tokens: { is: "text-tokens", words: "the Pile" },
    compute: { is: "exact-flops", words: "attention and embeddings are counted; 1.7 times 6ND at 111M" },
    loss: { is: "nats-per-token", on: "test", words: "the Pile, tokens of GPT-2" },
  },
  range: { C: [2.6e18, 6.3e21], N: [111e6, 6.7e9] },
  laws: [
    {
      of: "loss",
      unit: "nats per token",
      coefficient: 1,
      exponents: { C: -0.0737 },
      units: { C: 5.984e22 },
      floor: 0.5066,
      source: { where: "eq. 1", verified: "secondary" },
    },
  ],
  reproduces: models,
};

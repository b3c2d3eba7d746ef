import type { LawCard } from "../schema.js";

export const llama3: LawCard = {
  record: "card",
  name: "llama-3-2407.21783",
  title: "The Llama 3 Herd of Models",
  authors: "Llama Team",
  year: 2024,
  arxiv: "2407.21783",
  licence: "numbers of the paper; its runs are not published",
  note: "The digits of figure 3. Those of the text, 0.29 and 0.53, give 10.5 instead of the 16.55 trillion tokens that the text says.",
  conventions: {
    parameters: { is: "unknown" },
    tokens: { is: "text-tokens", words: "D* is what the law gives; the text calls it N*" },
    compute: { is: "unknown" },
    loss: { is: "nats-per-token", on: "validation", words: "negative log-likelihood on a held-out set" },
    learningRate: { is: "peak", words: "cosine" },
  },
  range: { C: [6e18, 1e22], N: [40e6, 16e9] },
  laws: [
    {
      of: "D",
      unit: "tokens",
      coefficient: 0.299,
      exponents: { C: 0.537 },
      source: { where: "Figure 3; section 3.2.1 rounds them to (0.53, 0.29)", verified: "secondary" },
    },
  ],
  reproduces: [
    {
      given: { C: 3.8e25 },
      asks: "D",
      expected: 16.55e12,
      within: 0.033,
      where: "section 3.2.1",
      note: "half a unit of the last digits of both is 3.3 % there",
    },
  ],
};

/** A surface through the runs of Figure 2, as others read and fitted them. */
export const llama3Surface: LawCard = {
  record: "card",
  name: "llama-3-surface-2603.22339",
  title: "Problems with Chinchilla Approach 2: Systematic Biases in IsoFLOP Parabola Fits",
  authors: "Open Athena",
  year: 2026,
  arxiv: "2603.22339",
  licence: "numbers of the paper and of its repository (Open-Athena/scaling-law-analysis)",
  note: "Least squares of the loss on 133 runs read from figure 2 of Llama 3 (2407.21783), by variable projection.",
  conventions: {
    parameters: { is: "unknown", words: "N = C/(6D) of the runs read from the figure" },
    tokens: { is: "text-tokens" },
    compute: { is: "6ND", words: "the optimum is sought under 6ND" },
    loss: { is: "nats-per-token", on: "validation", words: "as Llama 3 reports it" },
  },
  range: { C: [6e18, 1e22] },
  laws: [],
  surface: {
    form: "chinchilla",
    parameters: { E: 0.6047, A: 59.1, B: 155.1, alpha: 0.3100060864600114, beta: 0.3136430673363664 },
    flopsPerToken: 6,
    source: {
      where:
        "results/experiments/exp11: compute_allocation_errors.txt, α and β with all digits in token_allocation_errors.csv",
      verified: "authors' repository",
    },
  },
  reproduces: [
    { given: { C: 3.8e25 }, asks: "N", expected: 621.6e9, within: 0.002, where: "compute_allocation_errors.txt" },
    {
      given: { C: 3.8e25 },
      asks: "D",
      expected: 10.18804075852221e12,
      within: 0.002,
      where: "token_allocation_errors.csv",
    },
    { given: { C: 3.8e25 }, asks: "loss", expected: 0.630631, within: 1e-4, where: "compute_allocation_errors.txt" },
  ],
};

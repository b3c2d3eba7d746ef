import type { LawCard } from "../schema.js";

export const besiroglu: LawCard = {
  record: "card",
  name: "besiroglu-2404.10102",
  title: "Chinchilla Scaling: A replication attempt",
  authors: "Besiroglu et al.",
  year: 2024,
  arxiv: "2404.10102",
  licence: "numbers of the paper and of its repository (epoch-research/analyzing-chinchilla), which states no licence",
  note: "Approach 3 of Hoffmann et al. again, on 240 runs read from a figure. The standard errors are of single parameters: those of A and α go nearly together, so they do not give the error of an optimum, and no covariance is printed.",
  conventions: {
    parameters: { is: "all", words: "as in Hoffmann et al." },
    tokens: { is: "text-tokens", words: "D = C/(6N) of the runs read from the figure" },
    compute: { is: "6ND" },
    loss: { is: "nats-per-token", on: "training", words: "as in Hoffmann et al." },
  },
  range: { C: [6e18, 3e21] },
  laws: [],
  surface: {
    form: "chinchilla",
    parameters: {
      E: { value: 1.8172, standardError: 0.03, interval: [1.769, 1.871] },
      A: { value: 482.01, standardError: 124.58, interval: [285.214, 743.626] },
      B: { value: 2085.43, standardError: 1293.23, interval: [1042.357, 5810.344] },
      alpha: { value: 0.3478, standardError: 0.02, interval: [0.317, 0.373] },
      beta: { value: 0.3658, standardError: 0.02, interval: [0.331, 0.415] },
    },
    flopsPerToken: 6,
    source: { where: "Table 1; intervals of 4000 bootstraps, data_analysis.ipynb", verified: "authors' repository" },
  },
  reproduces: [
    {
      given: { C: 1e21 },
      asks: "exponent of N",
      expected: 0.513,
      within: 0.001,
      where: "data_analysis.ipynb: a = 0.513 (0.020)",
    },
    {
      given: { C: 5.76e23 },
      asks: "D/N",
      expected: 20,
      within: 0.1,
      where: "about 20 tokens per parameter, as Chinchilla was trained",
      note: "said as about 20; the numbers give 18.4",
    },
  ],
};

import type { LawCard } from "../schema.js";

const source = {
  where: "eq. 1; step-law.github.io, index.html and static/js/tool.js",
  verified: "authors' repository",
} as const;

/** Best learning rate and batch of a grid of about 120 runs. */
const grids = (
  [
    [429260800, 8e9, 1.953e-3, 128],
    [536872960, 50e9, 2.76e-3, 352],
    [1073741824, 20e9, 1.381e-3, 256],
  ] as const
).flatMap(([N, D, learningRate, sequences]) => {
  const note = "the best run of a grid whose steps are a factor of about √2: the law is within a step of it";
  const at = {
    given: { N, D },
    within: 0.42,
    where: "step-law/steplaw, data/dense_lr_bs_loss.csv, smoothed loss",
    note,
  };
  return [
    { ...at, asks: "learningRate", expected: learningRate },
    { ...at, asks: "batch", expected: sequences * 2048 },
  ];
});

export const stepLaw: LawCard = {
  record: "card",
  name: "step-law-2503.04715",
  title: "Predictable Scale: Part I, Optimal Hyperparameter Scaling Law in Large Language Model Pretraining",
  authors: "Li et al.",
  year: 2025,
  arxiv: "2503.04715",
  licence: "numbers of the project's page and tables, which state no licence",
  conventions: {
    parameters: { is: "non-embedding", words: "layers alone, as the shapes in the authors' tables add up" },
    tokens: { is: "text-tokens" },
    compute: { is: "unknown" },
    loss: { is: "nats-per-token", on: "training", words: "smoothed" },
    learningRate: { is: "peak", words: "falls to 1e-5, whatever the peak" },
    batch: { is: "tokens" },
  },
  range: { N: [214663680, 1073741824], D: [4e9, 100e9] },
  laws: [
    { of: "learningRate", unit: "per step", coefficient: 1.79, exponents: { N: -0.713, D: 0.307 }, source },
    { of: "batch", unit: "tokens", coefficient: 0.58, exponents: { D: 0.571 }, source },
  ],
  reproduces: grids,
};

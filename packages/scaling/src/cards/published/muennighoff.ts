import type { LawCard } from "../schema.js";

const readme = {
  where: "README of huggingface/datablations; eqs. 16 to 20 print them rounded",
  verified: "authors' repository",
} as const;

export const muennighoff: LawCard = {
  record: "card",
  name: "muennighoff-2305.16264",
  title: "Scaling Data-Constrained Language Models",
  authors: "Muennighoff et al.",
  year: 2023,
  arxiv: "2305.16264",
  licence: "huggingface/datablations, Apache-2.0",
  note: "C4. Where U, the unique tokens, are not given, all tokens are.",
  conventions: {
    parameters: { is: "unknown" },
    tokens: { is: "text-tokens", words: "C4; those seen, of which U are unique" },
    compute: { is: "unknown" },
    loss: { is: "nats-per-token", on: "unknown" },
  },
  range: { N: [7e6, 9e9] },
  laws: [],
  surface: {
    form: "data-constrained-tied",
    parameters: {
      E: Math.exp(0.6254804),
      A: Math.exp(6.255414),
      B: Math.exp(7.3049974),
      alpha: 0.3526596,
      repeatTokens: 15.387756,
      repeatParameters: 5.309743,
    },
    flopsPerToken: 6,
    source: readme,
  },
  reproduces: [
    {
      given: { N: 6.34e9, D: 242e9, U: 25e9 },
      asks: "loss",
      expected: 2.2256440889984477,
      within: 1e-12,
      where: "README of huggingface/datablations",
    },
    {
      given: { N: 8.67e9, D: 178e9, U: 25e9 },
      asks: "loss",
      expected: 2.2269634075087867,
      within: 1e-12,
      where: "README of huggingface/datablations",
    },
    { given: { C: 1e21 }, asks: "N/D", expected: 0.051, within: 0.01, where: "Appendix A: U_N = 0.051 U_D" },
  ],
};

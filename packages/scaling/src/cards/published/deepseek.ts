import type { LawCard } from "../schema.js";

const equation = (number: number) => ({ where: `eq. ${number}`, verified: "paper text" }) as const;

export const deepseek: LawCard = {
  record: "card",
  name: "deepseek-2401.02954",
  title: "DeepSeek LLM: Scaling Open-Source Language Models with Longtermism",
  authors: "DeepSeek-AI",
  year: 2024,
  arxiv: "2401.02954",
  licence: "numbers of the paper; its runs are not published",
  note: "A model's scale is M, its FLOPs per token without embeddings: 72·layers·width² + 12·layers·width·context. The exponents are of the data the models were trained on; with earlier data of the authors they are 0.450 and 0.550, on OpenWebText2 0.578 and 0.422 (Table 4).",
  conventions: {
    parameters: { is: "flops-per-token", words: "M: attention is counted, the vocabulary is not (eq. 2)" },
    tokens: { is: "text-tokens" },
    compute: { is: "flops-per-token", words: "C = M·D" },
    loss: { is: "bits-per-byte", on: "validation" },
    learningRate: { is: "peak", words: "steps to 31.6 % and 10 % of it, after 80 % and 90 % of the tokens" },
    batch: { is: "tokens" },
  },
  range: { C: [1e17, 3e20] },
  laws: [
    { of: "M", unit: "FLOPs per token", coefficient: 0.1715, exponents: { C: 0.5243 }, source: equation(4) },
    { of: "D", unit: "tokens", coefficient: 5.8316, exponents: { C: 0.4757 }, source: equation(4) },
    {
      of: "learningRate",
      unit: "per step",
      coefficient: 0.3118,
      exponents: { C: -0.125 },
      range: { C: [1e17, 2e19] },
      source: equation(1),
    },
    {
      of: "batch",
      unit: "tokens",
      coefficient: 0.292,
      exponents: { C: 0.3271 },
      range: { C: [1e17, 2e19] },
      source: equation(1),
    },
  ],
  reproduces: [
    {
      given: { C: 45.1e9 * 2e12 },
      asks: "learningRate",
      expected: 4.2e-4,
      within: 0.012,
      where: "Table 2: the 7B model",
      note: "C = M·D with M = 45.1e9 of Table 3 and 2e12 tokens",
    },
    {
      given: { C: 45.1e9 * 2e12 },
      asks: "batch",
      expected: 2304 * 4096,
      within: 0.005,
      where: "Table 2: 2304 sequences of 4096 tokens",
    },
    { given: { C: 1e20 }, asks: "exponent of M", expected: 0.524, within: 0.001, where: "Table 4" },
  ],
};

import type { LawCard } from "../schema.js";

/** 10¹⁵ FLOP/s for a day. */
const PF_DAY = 8.64e19;

const table = (where: string) => ({ where, verified: "paper text" }) as const;

export const kaplan: LawCard = {
  record: "card",
  name: "kaplan-2001.08361",
  title: "Scaling Laws for Neural Language Models",
  authors: "Kaplan et al.",
  year: 2020,
  arxiv: "2001.08361",
  licence: "numbers of the paper; its runs are not published",
  note: "C is C_min, what training far below the critical batch would have taken. Its N* and D* are from the learning curves, not from the surface: that gives another optimum, under 6ND.",
  conventions: {
    parameters: { is: "non-embedding", words: "without vocabulary and positional embeddings" },
    tokens: {
      is: "text-tokens",
      words: "WebText2; of the surface, the size of the data set, which may be repeated until the test loss rises",
    },
    compute: {
      is: "6ND",
      words: "6 N B S without embeddings, at batches far below the critical one (C_min), in PF-days",
    },
    loss: { is: "nats-per-token", on: "test", words: "context of 1024 tokens" },
    batch: { is: "tokens" },
  },
  range: { N: [768, 1.5e9], D: [22e6, 23e9] },
  laws: [
    {
      of: "N",
      unit: "parameters",
      coefficient: 1.3e9,
      exponents: { C: 0.73 },
      units: { C: PF_DAY },
      source: table("Table 6"),
    },
    {
      of: "D",
      unit: "tokens",
      coefficient: 2e10,
      exponents: { C: 0.27 },
      units: { C: PF_DAY },
      source: table("Table 6"),
    },
    {
      of: "loss",
      unit: "nats per token",
      coefficient: 1,
      exponents: { C: -0.05 },
      units: { C: 3.1e8 * PF_DAY },
      source: table("Table 5, eq. 1.3"),
      note: "along the optimum",
    },
    {
      of: "criticalBatch",
      unit: "tokens",
      coefficient: 2.0e6,
      exponents: { C: 0.24 },
      units: { C: PF_DAY },
      source: table("Table 6"),
    },
    {
      of: "steps",
      unit: "steps",
      coefficient: 5.4e3,
      exponents: { C: 0.03 },
      units: { C: PF_DAY },
      source: table("Table 6"),
      note: "a lower bound",
    },
    {
      of: "lossOfN",
      unit: "nats per token",
      coefficient: 1,
      exponents: { N: -0.076 },
      units: { N: 8.8e13 },
      source: table("Table 5, eq. 1.1"),
      note: "with data without end",
    },
    {
      of: "lossOfD",
      unit: "nats per token",
      coefficient: 1,
      exponents: { D: -0.095 },
      units: { D: 5.4e13 },
      source: table("Table 5, eq. 1.2"),
      note: "of a model without end, stopped early",
    },
  ],
  surface: {
    form: "kaplan",
    parameters: { Nc: 6.4e13, Dc: 1.8e13, alphaN: 0.076, alphaD: 0.103 },
    flopsPerToken: 6,
    source: table("eq. 1.5, Table 2"),
  },
  reproduces: [
    {
      given: { C: 5e20 },
      asks: "N",
      expected: 4.68e9,
      within: 0.002,
      where: "Hoffmann et al. 2203.15556, D.4",
      note: "said of 1e21 FLOPs at the critical batch, where C_min = C/2 (eq. 5.5)",
    },
    {
      given: { C: 1e4 * PF_DAY },
      asks: "N",
      expected: 1e12,
      within: 0.5,
      where: "section 6.3",
      note: "said as about 10¹²",
    },
    { given: { C: 1e4 * PF_DAY }, asks: "loss", expected: 1.7, within: 0.03, where: "section 6.3" },
  ],
};

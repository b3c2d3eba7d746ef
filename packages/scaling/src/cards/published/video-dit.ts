import type { LawCard } from "../schema.js";

const source = (where: string) => ({ where, verified: "secondary" }) as const;

export const videoDit: LawCard = {
  record: "card",
  name: "video-dit-2411.17470",
  title: "Towards Precise Scaling Laws for Video Diffusion Transformers",
  authors: "Yin et al.",
  year: 2024,
  arxiv: "2411.17470",
  licence: "numbers of the paper; its runs are not published",
  note: "Exponents only. The coefficients are printed (1.5787 of N*, 2.1797e4 of the batch, 0.0002 of the learning rate; T_c 0.0373, N_c 0.0082, L∞ 0.4856 of the loss with exponents 0.2917 and 0.3188), but the units of N, T and C that they go with were not found.",
  conventions: {
    parameters: { is: "unknown" },
    tokens: { is: "video-tokens", words: "17 frames of 256×256; called T there" },
    compute: { is: "unknown", words: "FLOPs per token by a formula of N, width and context" },
    loss: { is: "unknown", on: "validation", words: "denoising loss" },
    learningRate: { is: "constant" },
    batch: { is: "unknown" },
  },
  range: { N: [0.017e9, 0.26e9], D: [2e9, 12e9] },
  laws: [
    { of: "N", unit: "unknown", exponents: { C: 0.4146 }, source: source("eq. 14") },
    { of: "batch", unit: "unknown", exponents: { D: 0.808, N: 0.1906 }, source: source("eq. 10, Table 1") },
    { of: "learningRate", unit: "unknown", exponents: { D: -0.0453, N: -0.1619 }, source: source("eq. 13, Table 2") },
  ],
  reproduces: [{ given: { C: 1e20 }, asks: "exponent of N", expected: 0.4146, within: 0, where: "eq. 14" }],
};

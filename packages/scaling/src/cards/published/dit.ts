import type { LawCard } from "../schema.js";

const source = (where: string) => ({ where, verified: "secondary" }) as const;

const paper = {
  record: "card",
  title: "Scaling Laws for Diffusion Transformers",
  authors: "Liang et al.",
  year: 2024,
  arxiv: "2410.08184",
  licence: "numbers of the paper; its runs are not published",
  conventions: {
    parameters: { is: "unknown" },
    tokens: {
      is: "unknown",
      words: "6·N*·D* is C within 1 %; which of image, text and time tokens D counts is not known here",
    },
    compute: { is: "unknown", words: "said to be about 6ND, and counted per part of the network" },
    loss: {
      is: "velocity-mse",
      on: "training",
      words:
        "rectified flow on VAE latents of 256×256 images, logit-normal times; smoothed by an average of 0.9 per step",
    },
    batch: { is: "samples", words: "1024" },
  },
  range: { C: [1e17, 6e18], N: [1e6, 1e9] },
} as const;

/** In-context conditioning: the paper's own laws. */
export const dit: LawCard = {
  ...paper,
  name: "dit-2410.08184",
  note: "In-context conditioning. The coefficient of N* is printed with one digit, so N* is known to 6 %; the loss and FID are pure power laws over less than two decades, which cannot show a floor.",
  laws: [
    { of: "N", unit: "parameters", coefficient: 0.0009, exponents: { C: 0.5681 }, source: source("eq. 5") },
    { of: "D", unit: "tokens", coefficient: 186.8535, exponents: { C: 0.4319 }, source: source("eq. 6") },
    {
      of: "loss",
      unit: "mean squared error of the velocity",
      coefficient: 2.3943,
      exponents: { C: -0.0273 },
      source: source("law of the training loss"),
    },
    {
      of: "FID",
      unit: "FID of CLIP ViT-L/14 features",
      coefficient: 2.2566e6,
      exponents: { C: -0.234 },
      source: source("law of FID"),
      note: "guided samples, not of Inception features",
    },
  ],
  reproduces: [
    {
      given: { C: 1.5e21 },
      asks: "N",
      expected: 958.3e6,
      within: 0.056,
      where: "the model trained at 1.5e21 FLOPs",
      note: "half a unit of the one digit of the coefficient 0.0009 is 5.6 %; as printed the law gives 964.7 M",
    },
  ],
};

/** Cross-attention conditioning, of which exponents alone are printed. */
export const ditCrossAttention: LawCard = {
  ...paper,
  name: "dit-cross-attention-2410.08184",
  note: "Cross-attention conditioning, in the comparison of the two architectures.",
  laws: [
    { of: "N", unit: "parameters", exponents: { C: 0.54 }, source: source("comparison of architectures") },
    { of: "D", unit: "tokens", exponents: { C: 0.46 }, source: source("comparison of architectures") },
    {
      of: "loss",
      unit: "mean squared error of the velocity",
      exponents: { C: -0.0385 },
      source: source("comparison of architectures"),
    },
  ],
  reproduces: [
    {
      given: { C: 1e18 },
      asks: "exponent of loss",
      expected: -0.0385,
      within: 0,
      where: "comparison of architectures",
    },
  ],
};

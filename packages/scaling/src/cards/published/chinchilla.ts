import type { LawCard } from "../schema.js";

const paper = {
  record: "card",
  title: "Training Compute-Optimal Large Language Models",
  authors: "Hoffmann et al.",
  year: 2022,
  arxiv: "2203.15556",
  licence: "numbers of the paper; its runs are not published",
  conventions: {
    parameters: { is: "all", words: "embedding matrices are counted (Appendix F)" },
    tokens: { is: "text-tokens", words: "MassiveText, each seen once" },
    compute: {
      is: "6ND",
      words: "the optimum is sought under 6ND (eq. 4); budgets are counted exactly, 0.99 to 1.10 times 6ND (Table A4)",
    },
    loss: { is: "nats-per-token", on: "training", words: "smoothed training loss" },
    learningRate: { is: "peak", words: "cosine to a tenth, over as many steps as are trained" },
  },
  range: { C: [6e18, 3e21], N: [70e6, 16e9], D: [5e9, 500e9] },
} as const;

/** Rows of Table A3 of which 6ND is C; of 175 and 280 billion parameters it is not. */
const rows = (
  [
    [400e6, 2.21e19, 9.2e9],
    [1e9, 1.62e20, 27.1e9],
    [10e9, 2.46e22, 410.1e9],
    [67e9, 1.71e24, 4.1e12],
    [1e12, 5.65e26, 94.1e12],
  ] as const
).flatMap(([N, C, D]) => {
  const about = { given: { C }, within: 0.075, where: "Table A3, Approach 3" };
  const note = "the table and the digits of the TeX source agree within 7 %; so do N and D, whose product is C/6";
  return [
    { ...about, asks: "N", expected: N, note },
    { ...about, asks: "D", expected: D, note },
  ];
});

/** Approach 3 with the digits of the TeX source, which the paper rounds. */
export const chinchilla: LawCard = {
  ...paper,
  name: "chinchilla-2203.15556",
  note: "Approach 3. Besiroglu et al. (2404.10102) found that its fit had stopped early; its intervals, 0.454 to 0.455 for the exponent of N*, are too narrow to be true and are left out.",
  laws: [],
  surface: {
    form: "chinchilla",
    parameters: {
      E: Math.exp(0.5267228),
      A: Math.exp(6.0073404),
      B: Math.exp(6.0179186),
      alpha: 0.33917084,
      beta: 0.2849083,
    },
    flopsPerToken: 6,
    source: {
      where: "comment after eq. 10 in the TeX source, as quoted by Besiroglu et al. 2404.10102 and in their repository",
      verified: "secondary",
    },
    note: "E, A and B are the exponentials of 0.5267228, 6.0073404 and 6.0179186",
  },
  reproduces: [
    {
      given: { C: 5.76e23 },
      asks: "N",
      expected: 40e9,
      within: 0.0125,
      where: "section 3.3: 40 billion parameters with Gopher's compute",
    },
    ...rows,
  ],
};

/** Approach 3 as it is printed. */
export const chinchillaRounded: LawCard = {
  ...paper,
  name: "chinchilla-rounded-2203.15556",
  note: "Approach 3 as printed. Rounding moves the optimum: 32 instead of 40 billion parameters with Gopher's compute.",
  laws: [],
  surface: {
    form: "chinchilla",
    parameters: { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 },
    flopsPerToken: 6,
    source: { where: "eq. 10", verified: "paper text" },
  },
  reproduces: [
    {
      given: { C: 1e21 },
      asks: "exponent of N",
      expected: 0.46,
      within: 0.02,
      where: "Table 2, Approach 3",
      note: "from α and β as printed 0.452; from the unrounded 0.457",
    },
    { given: { C: 1e21 }, asks: "exponent of D", expected: 0.54, within: 0.016, where: "Table 2, Approach 3" },
  ],
};

/** An approach of which the exponents are printed, with their 10th and 90th percentiles. */
const exponents = (
  approach: 1 | 2,
  words: string,
  [a, aLow, aHigh]: readonly [number, number, number],
  [b, bLow, bHigh]: readonly [number, number, number],
): LawCard => {
  const source = { where: `Table 2, Approach ${approach}`, verified: "paper text" } as const;
  const within = (value: number, low: number, high: number) => ({ value, interval: [low, high] as const, level: 0.8 });
  return {
    ...paper,
    name: `chinchilla-approach-${approach}-2203.15556`,
    note: words,
    laws: [
      { of: "N", unit: "parameters", exponents: { C: within(a, aLow, aHigh) }, source },
      { of: "D", unit: "tokens", exponents: { C: within(b, bLow, bHigh) }, source },
    ],
    reproduces: [
      { given: { C: 1e21 }, asks: "exponent of N", expected: a, within: 0, where: source.where },
      { given: { C: 1e21 }, asks: "exponent of D", expected: b, within: 0, where: source.where },
    ],
  };
};

export const chinchillaApproach1 = exponents(
  1,
  "Lower envelope of the training curves. The printed 0.50 for D lies outside the interval that is printed beside it.",
  [0.5, 0.488, 0.502],
  [0.5, 0.501, 0.512],
);

export const chinchillaApproach2 = exponents(
  2,
  "Parabolas at nine budgets.",
  [0.49, 0.462, 0.534],
  [0.51, 0.483, 0.529],
);

import { evaluate, type Flops, type PaperLaw, paperHeldOutBudget, paperLaws } from "@isoflop/flops";

/** What the paper has laws of: N trainable parameters, D image tokens, the loss, FID. */
export const quantities = ["N", "D", "loss", "fid"] as const;
export type Quantity = (typeof quantities)[number];

/** The laws of arXiv 2410.08184 with the digits it prints. */
export const printed: Readonly<Record<Quantity, PaperLaw>> = {
  N: paperLaws.parameters,
  D: paperLaws.tokens,
  loss: paperLaws.loss,
  fid: paperLaws.fid,
};

export const printedAt = (C: Flops): Readonly<Record<Quantity, number>> => ({
  N: evaluate(printed.N, C),
  D: evaluate(printed.D, C),
  loss: evaluate(printed.loss, C),
  fid: evaluate(printed.fid, C),
});

/** The size that the paper trains at its held-out budget. */
export const trainedSize = 958.3e6;

/** What the printed digits leave open. */
export const unprintedDigits = () => {
  const N = trainedSize / paperHeldOutBudget ** printed.N.exponent;
  return {
    /** The coefficient of N that gives the size that was trained; it prints as 0.0009. */
    N,
    /** The coefficients of D = C / 6N that follow, from the printed digit and from that coefficient. */
    D: { printed: 1 / (6 * printed.N.coefficient), trained: 1 / (6 * N) },
  };
};

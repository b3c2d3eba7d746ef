import type { PaperLaw } from "@isoflop/flops";
import {
  expectOk,
  type IsoFlop,
  isoFlop,
  type Outcome,
  type PowerLaw,
  quantityAsLoss,
  type Run,
} from "@isoflop/scaling";
import type { Quantity } from "./printed.js";

/** The same parabolas twice: minimised in the loss, and in FID. */
export interface Fits {
  readonly loss: IsoFlop;
  readonly fid: IsoFlop;
}

export const fitStudy = (runs: readonly Run[]): Fits => ({
  loss: isoFlop(runs),
  fid: isoFlop(quantityAsLoss(runs, "fid").runs),
});

/** The law of each quantity; N* and D* are those of least loss. */
export const lawsOf = ({ loss, fid }: Fits): Readonly<Record<Quantity, Outcome<PowerLaw>>> => ({
  N: loss.N,
  D: loss.D,
  loss: loss.loss,
  fid: fid.loss,
});

/** Coefficients and exponents that come back from runs. */
export const recovered = (fits: Fits): Readonly<Record<Quantity, PaperLaw>> => {
  const { N, D, loss, fid } = lawsOf(fits);
  const numbers = (outcome: Outcome<PowerLaw>): PaperLaw => {
    const { coefficient, exponent } = expectOk(outcome);
    return { coefficient: coefficient.value, exponent: exponent.value };
  };
  return { N: numbers(N), D: numbers(D), loss: numbers(loss), fid: numbers(fid) };
};

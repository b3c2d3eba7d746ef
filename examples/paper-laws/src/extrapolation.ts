import type { Flops } from "@isoflop/flops";
import {
  bootstrapIsoFlop,
  type Estimate,
  expectOk,
  type Interval,
  type IsoFlopPrediction,
  predictIsoFlop,
  predictPowerLaw,
  quantityAsLoss,
  type Run,
} from "@isoflop/scaling";
import { type Quantity, quantities } from "./printed.js";
import { type Fits, lawsOf } from "./recovery.js";

/** One law far beyond its budgets. */
export interface Extrapolated {
  /** With the 95 % interval of the bootstrap. */
  readonly exponent: Estimate;
  /** The power law at the target, and where it is at 95 %. */
  readonly law: { readonly value: number; readonly ci95: Interval };
  /** One more point there: the optimum of a budget, or the loss or FID of a run by laws with and without a floor; at 95 %. */
  readonly predicted: { readonly value: number; readonly interval95: Interval };
}

export interface Extrapolation {
  readonly laws: Readonly<Record<Quantity, Extrapolated>>;
  /** The loss with and without a floor: what the prediction weighs. */
  readonly families: IsoFlopPrediction["notes"]["families"];
}

/** Every law of a noisy study at `target`. Residuals are drawn again, as nine sizes per budget are too few to draw runs from. */
export const extrapolate = (runs: readonly Run[], fits: Fits, target: Flops): Extrapolation => {
  const drawn = { resample: "residuals", seed: 1 } as const;
  const boot = expectOk(bootstrapIsoFlop(runs, drawn));
  const bootFid = expectOk(bootstrapIsoFlop(quantityAsLoss(runs, "fid").runs, drawn));
  const exponents = {
    N: boot.N.exponent,
    D: boot.D.exponent,
    loss: boot.loss.exponent,
    fid: bootFid.loss.exponent,
  };
  const { predicted, notes } = expectOk(predictIsoFlop(fits.loss, target));
  const predictions = { ...predicted, fid: expectOk(predictIsoFlop(fits.fid, target)).predicted.loss };
  const fitted = lawsOf(fits);
  const extrapolated = (name: Quantity): Extrapolated => {
    const law = expectOk(fitted[name]);
    const { value, interval95 } = predictions[name];
    return {
      exponent: exponents[name],
      law: predictPowerLaw(law, target),
      predicted: { value, interval95 },
    };
  };
  const laws = Object.fromEntries(quantities.map((name) => [name, extrapolated(name)])) as Record<
    Quantity,
    Extrapolated
  >;
  return { laws, families: notes.families };
};

import { paperHeldOutBudget } from "@isoflop/flops";
import type { Run } from "@isoflop/scaling";
import { type Extrapolation, extrapolate } from "./extrapolation.js";
import { type Irreducible, irreducible } from "./irreducible.js";
import { type PaperPlan, paperPlan } from "./plan.js";
import { printedAt, unprintedDigits } from "./printed.js";
import { type Fits, fitStudy, recovered } from "./recovery.js";
import { isoFlopStudy, type Noise, noNoise } from "./study.js";

/** Of one run. The paper reports none: chosen. */
export const noise: Noise = { loss: 8e-4, fid: 0.01 };

/** A study with the fits of its runs. */
export interface Study {
  readonly runs: readonly Run[];
  readonly fits: Fits;
}

/** Everything about the laws of the paper. */
export interface Analysis {
  readonly printed: ReturnType<typeof printedAt>;
  readonly unprinted: ReturnType<typeof unprintedDigits>;
  readonly exact: Study;
  readonly recovered: ReturnType<typeof recovered>;
  readonly noisy: Study;
  readonly extrapolation: Extrapolation;
  readonly irreducible: Irreducible;
  readonly plan: PaperPlan;
}

export interface AnalysisOptions {
  /** Of the noise. */
  readonly seed: number;
  /** Share of the devices' peak. */
  readonly utilisation: number;
}

export const analyse = ({ seed, utilisation }: AnalysisOptions): Analysis => {
  const exact = studyOf(isoFlopStudy(noNoise, seed));
  const noisy = studyOf(isoFlopStudy(noise, seed));
  return {
    printed: printedAt(paperHeldOutBudget),
    unprinted: unprintedDigits(),
    exact,
    recovered: recovered(exact.fits),
    noisy,
    extrapolation: extrapolate(noisy.runs, noisy.fits, paperHeldOutBudget),
    irreducible: irreducible(noisy.fits.loss, paperHeldOutBudget),
    plan: paperPlan(utilisation),
  };
};

const studyOf = (runs: readonly Run[]): Study => ({ runs, fits: fitStudy(runs) });

import { chiSquareSurvival, fSurvival } from "../math/distributions.js";
import type * as fields from "../records/fields.js";
import type { LackOfFit } from "../surface/surface-fit.js";
import { type Outcome, type Run, refuse } from "../types.js";
import { cellsOf, pureErrorOf } from "./replicates.js";

/** Information criteria of a least-squares fit; only differences between fits of the same points mean anything. */
export interface Criteria extends fields.Read<typeof fields.criteria> {}

/**
 * Gaussian criteria from a residual sum of squares (of ln L, for fits of ln L).
 * @param parameters of the mean; the noise variance is counted on top
 */
export const criteria = (sumOfSquares: number, points: number, parameters: number): Criteria => {
  const k = parameters + 1;
  const logLikelihood = (-points / 2) * (Math.log((2 * Math.PI * sumOfSquares) / points) + 1);
  const aic = 2 * k - 2 * logLikelihood;
  return {
    logLikelihood,
    aic,
    aicc: points > k + 1 ? aic + (2 * k * (k + 1)) / (points - k - 1) : Number.POSITIVE_INFINITY,
    bic: k * Math.log(points) - 2 * logLikelihood,
  };
};

/**
 * Is the scatter about a fit more than the noise of a run? Pure error is taken from runs of equal N, D and inputs with different seeds, or
 * from `sigma` where every run has one. The distributions are those of least squares: the fit must have minimised the squares of the
 * loss, or of its logarithm, as `scale` says; a Huber fit leaves larger ones and would be rejected too often.
 * @param predict the fitted loss of a run
 */
export const lackOfFit = (
  runs: readonly Run[],
  predict: (run: Run) => number,
  parameters: number,
  scale: "raw" | "log" = "raw",
): Outcome<LackOfFit> => {
  const of = (loss: number) => (scale === "log" ? Math.log(loss) : loss);
  const cells = cellsOf(runs);
  const { sumOfSquares: pure, degreesOfFreedom: pureFreedom } = pureErrorOf(cells, ({ loss }) => of(loss));
  if (pureFreedom > 0 && cells.length > parameters) {
    const total = runs.reduce((s, run) => s + (of(run.loss) - of(predict(run))) ** 2, 0);
    const freedom = cells.length - parameters;
    const statistic = Math.max(0, total - pure) / freedom / (pure / pureFreedom);
    const pValue = fSurvival(statistic, freedom, pureFreedom);
    return { ok: true, statistic, pValue, degreesOfFreedom: [freedom, pureFreedom], from: "replicates" };
  }
  if (runs.every((run) => (run.sigma ?? 0) > 0) && runs.length > parameters) {
    const sigma = (run: Run) => (scale === "log" ? run.sigma! / run.loss : run.sigma!);
    const statistic = runs.reduce((s, run) => s + ((of(run.loss) - of(predict(run))) / sigma(run)) ** 2, 0);
    const freedom = runs.length - parameters;
    const degreesOfFreedom = [freedom, Number.POSITIVE_INFINITY] as const;
    return {
      ok: true,
      statistic,
      pValue: chiSquareSurvival(statistic, freedom),
      degreesOfFreedom,
      from: "known-noise",
    };
  }
  return refuse("unidentified", "lack of fit needs repeated runs of one size and budget, or sigma on every run");
};

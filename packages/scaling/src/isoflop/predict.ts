import { badOption } from "../errors.js";
import { predictPowerLaw } from "../laws/power.js";
import { type LossPrediction, predictiveLoss } from "../laws/predictive.js";
import { extent } from "../math/extent.js";
import type { FitPrediction, PredictionNotes } from "../prediction.js";
import { type Flops, type Measurement, type Outcome, type Parameters, type Predicted, refuse } from "../types.js";
import { type InteriorProfile, type IsoFlop, isInterior } from "./record.js";

export interface PredictOptions {
  /** Size the model will really have. Its distance from the optimum is paid for with the measured curvature. Default: the predicted optimum. */
  readonly N?: Parameters | undefined;
  /**
   * Standard error of the new measurement that the fitted runs do not share (for instance a smaller validation set).
   * The noise every run has is measured from the fit and is always included.
   */
  readonly measuredStandardError?: number | undefined;
  /** Known standard deviation of one run's loss from repeated seeds; the larger of this and the fitted scatter is used. */
  readonly seedStandardDeviation?: number | undefined;
}

/** The compute-optimal model at a budget that was not fitted; at N, where the size that it will really have was given. */
export interface IsoFlopPrediction extends FitPrediction {
  readonly given: { readonly C: Flops; readonly N?: Parameters };
  readonly predicted: {
    readonly N: Required<Predicted>;
    readonly D: Required<Predicted>;
    readonly loss: Measurement;
  };
  readonly notes: PredictionNotes & Omit<LossPrediction, keyof Measurement>;
}

/**
 * Predicts optimum and loss at a budget. The loss interval is for the *measurement of one new run* and covers the parameters of the
 * law, whether it has a floor, the noise of the run, and the loss of missing the optimal size; see {@link predictiveLoss}.
 * @throws ScalingError `bad-option` for a C that is not positive.
 */
export const predictIsoFlop = (fit: IsoFlop, C: Flops, options: PredictOptions = {}): Outcome<IsoFlopPrediction> => {
  if (!(C > 0 && Number.isFinite(C))) throw badOption("C", C, "a positive number of FLOPs");
  if (!fit.N.ok) return fit.N;
  if (!fit.D.ok) return fit.D;
  if (!fit.loss.ok) return fit.loss;
  const profiles = fit.budgets.filter(isInterior);
  const N = predictPowerLaw(fit.N, C);
  const excess = excessLoss(fit, profiles, Math.log((options.N ?? N.value) / N.value), logVariance(N));
  const curve = lossCurve(fit, profiles, options.seedStandardDeviation);
  const loss = predictiveLoss(curve, C, {
    shift: excess.mean,
    extraVariance: excess.variance + (options.measuredStandardError ?? 0) ** 2,
  });
  if (!loss) return refuse("unidentified", "no finite loss law through the optima");
  const { value, interval95, ...notes } = loss;
  const [, largest] = extent(profiles.map((p) => p.C));
  return {
    ok: true,
    record: "prediction",
    quantity: fit.choices.quantity,
    given: { C, ...(options.N !== undefined && { N: options.N }) },
    predicted: { N, D: predictPowerLaw(fit.D, C), loss: { value, interval95 } },
    notes: { extrapolation: C / largest, ...notes },
  };
};

/** Variance of ln N_opt about the truth, from the normal-equivalent width of its 95 % interval. */
const logVariance = ({ ci95 }: Required<Predicted>): number =>
  (Math.log(ci95[1] / ci95[0]) / (2 * 1.959963984540054)) ** 2;

/** E and Var of κ δ² for δ normal about `offset`: the price of training at a size that is not the optimum. */
const excessLoss = (fit: IsoFlop, profiles: readonly InteriorProfile[], offset: number, variance: number) => {
  const curvatures = profiles.flatMap((p) => (p.parabola ? [p.parabola[fit.choices.axis].curvature.value] : []));
  if (curvatures.length === 0) return { mean: 0, variance: 0 };
  const kappa = curvatures.reduce((s, v) => s + v, 0) / curvatures.length;
  const scale = fit.choices.scale === "log" ? profiles[profiles.length - 1]!.optimum.loss.value : 1;
  // Beyond half the sampled e-folds the parabola is no guide, so the spread of sizes is capped at one e-fold.
  const spread = Math.min(variance, 1);
  return {
    mean: scale * kappa * (offset ** 2 + spread),
    variance: (scale * kappa) ** 2 * (4 * offset ** 2 * spread + 2 * spread ** 2),
  };
};

/** The optimal losses with the noise of a run within its budget. */
export const lossCurve = (fit: IsoFlop, profiles: readonly InteriorProfile[], seedStandardDeviation?: number) => {
  const scale =
    fit.choices.scale === "log" ? profiles.reduce((s, p) => s + p.optimum.loss.value, 0) / profiles.length : 1;
  const fitted = fit.noise.degreesOfFreedom > 0 ? (fit.noise.standardDeviation * scale) ** 2 : 0;
  const known = (seedStandardDeviation ?? 0) ** 2;
  return {
    C: profiles.map((p) => p.C),
    loss: profiles.map((p) => p.optimum.loss.value),
    leverage: profiles.map((p) => p.parabola?.[fit.choices.axis].vertexLeverage ?? 1),
    noiseVariance: Math.max(fitted, known),
    noiseDegreesOfFreedom: known > fitted ? Number.POSITIVE_INFINITY : fit.noise.degreesOfFreedom,
  };
};

import { badOption } from "../errors.js";
import { predictPowerLaw } from "../laws/power.js";
import { type LossCurve, type LossPrediction, predictiveLoss } from "../laws/predictive.js";
import { extent } from "../math/extent.js";
import type { FitPrediction, PredictionNotes } from "../prediction.js";
import { type Flops, type Measurement, type Outcome, type Parameters, type Predicted, refuse } from "../types.js";
import { LEAST_BIAS, logError, NOTABLE_BIAS } from "./fit-warnings.js";
import { optimumMethods } from "./methods/index.js";
import { type Corrected, type InteriorProfile, type IsoFlop, isInterior } from "./record.js";

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
  /**
   * The laws as fitted, or without the bias of their method. Default `auto`: corrected where the bias is more than half of the law's standard
   * error there, or where the curves are no parabolas, if the correction is known.
   */
  readonly laws?: "auto" | "fitted" | "corrected" | undefined;
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
  const corrected = chosen(fit, C, options.laws);
  if (corrected && !corrected.ok) return corrected;
  const laws = corrected ?? { N: fit.N, D: fit.D };
  const N = predictPowerLaw(laws.N, C);
  const excess = excessLoss(fit, profiles, Math.log((options.N ?? N.value) / N.value), logVariance(N));
  const seed = options.seedStandardDeviation;
  const curve = corrected ? correctedCurve(corrected, seed) : lossCurve(fit, profiles, seed);
  const loss = predictiveLoss(curve, C, {
    shift: excess.mean,
    extraVariance: excess.variance + (options.measuredStandardError ?? 0) ** 2 + (corrected ? 0 : modelVariance(fit)),
  });
  if (!loss) return refuse("unidentified", "no finite loss law through the optima");
  const { value, interval95, ...notes } = loss;
  const [, largest] = extent(profiles.map((p) => p.C));
  return {
    ok: true,
    record: "prediction",
    quantity: fit.choices.quantity,
    given: { C, ...(options.N !== undefined && { N: options.N }) },
    predicted: { N, D: predictPowerLaw(laws.D, C), loss: { value, interval95 } },
    notes: { extrapolation: C / largest, ...notes, ...(corrected && { bias: biasAt(fit, corrected, C) }) },
  };
};

/** The correction where it is to be used; undefined where the laws are used as they were fitted. */
const chosen = (fit: IsoFlop, C: Flops, laws: PredictOptions["laws"] = "auto"): Outcome<Corrected> | undefined => {
  const { corrected, N, misfit } = fit;
  if (laws === "fitted") return undefined;
  if (laws === "corrected") return corrected ?? refuse("unidentified", "the fit has no corrected laws");
  if (!corrected?.ok || !N.ok) return undefined;
  const raw = predictPowerLaw(N, C);
  const bias = Math.log(raw.value / predictPowerLaw(corrected.N, C).value);
  const notable = Math.abs(bias) > Math.max(LEAST_BIAS, NOTABLE_BIAS * logError(raw.ci95, N.degreesOfFreedom));
  return notable || (misfit?.ok && misfit.significant) ? corrected : undefined;
};

/** By what share each law as it was fitted is off at C. */
const biasAt = (fit: IsoFlop, corrected: Corrected, C: Flops) => {
  const of = (name: "N" | "D" | "loss") => {
    const law = fit[name];
    return law.ok ? predictPowerLaw(law, C).value / predictPowerLaw(corrected[name], C).value - 1 : Number.NaN;
  };
  return { N: of("N"), D: of("D"), loss: of("loss") };
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

/** The corrected optima: their errors are from the noise about the surface. */
const correctedCurve = ({ budgets, noise }: Corrected, seedStandardDeviation = 0): LossCurve => {
  const scale = budgets.reduce((s, { loss }) => s + loss, 0) / budgets.length;
  const fitted = noise.standardDeviation * scale;
  const known = seedStandardDeviation > fitted;
  return {
    C: budgets.map(({ C }) => C),
    loss: budgets.map(({ loss }) => loss),
    leverage: budgets.map(({ loss, leverage }) => leverage * (loss / scale) ** 2),
    noiseVariance: Math.max(fitted, seedStandardDeviation) ** 2,
    noiseDegreesOfFreedom: known ? Number.POSITIVE_INFINITY : noise.degreesOfFreedom,
  };
};

/** What parabolas miss the curves by is no noise that averages out: it stays in the prediction. */
const modelVariance = (fit: IsoFlop): number =>
  fit.misfit?.ok && fit.misfit.significant && !optimumMethods.get(fit.choices.optimum).value
    ? (fit.misfit.standardDeviation * yScale(fit)) ** 2
    : 0;

/** From units of y to the loss. */
const yScale = ({ choices, budgets }: IsoFlop): number => {
  if (choices.scale === "raw") return 1;
  const interior = budgets.filter(isInterior);
  return interior.reduce((s, p) => s + p.optimum.loss.value, 0) / interior.length;
};

/** The optimal losses with the noise of a run within its budget. */
export const lossCurve = (fit: IsoFlop, profiles: readonly InteriorProfile[], seedStandardDeviation?: number) => {
  const scale = yScale(fit);
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

import { badOption } from "../errors.js";
import { studentFactor95 } from "../math/distributions.js";
import { extent } from "../math/extent.js";
import { quadraticForm } from "../math/linear.js";
import type { FitPrediction } from "../prediction.js";
import type { Flops, Outcome, Predicted } from "../types.js";
import type { Approach1 } from "./record.js";

/**
 * The laws of an envelope at a compute, with 95 % intervals from the covariance over resampled curves where there is one. Where one new run
 * would fall an envelope does not say: its noise is not known.
 * @throws ScalingError `bad-option` for a C that is not positive
 */
export const predictApproach1 = (fit: Approach1, C: Flops): Outcome<FitPrediction<"C", "N" | "D" | "loss">> => {
  if (!(C > 0 && Number.isFinite(C))) throw badOption("C", C, "a positive number of FLOPs");
  const at = (name: "N" | "D" | "loss"): Predicted => {
    const { logCoefficient, exponent } = fit[name];
    const lnC = Math.log(C);
    const level = logCoefficient.value + exponent.value * lnC;
    const value = Math.exp(level);
    if (!fit.bootstrap.ok) return { value };
    const variance = quadraticForm(fit.bootstrap[name].covariance, [1, lnC]);
    const half = studentFactor95(Number.POSITIVE_INFINITY) * Math.sqrt(Math.max(0, variance));
    return { value, ci95: [Math.exp(level - half), Math.exp(level + half)] };
  };
  const [, largest] = extent(fit.points.map((point) => point.C));
  return {
    ok: true,
    record: "prediction",
    quantity: fit.quantity,
    given: { C },
    predicted: { N: at("N"), D: at("D"), loss: at("loss") },
    notes: { extrapolation: C / largest },
  };
};

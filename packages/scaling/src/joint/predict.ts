import { noiseAt } from "../inference/replicate-noise.js";
import type { FitPrediction } from "../prediction.js";
import { computeForLoss, optimalAllocation } from "../surface/allocate.js";
import { answered } from "../surface/answered.js";
import type { SurfaceAnswer, SurfaceQuestion } from "../surface/predict.js";
import { logSurfaceLoss, type ModelAndData } from "../surface/surface.js";
import type { Statistic } from "../surface/uncertainty.js";
import { componentsOver, exponentialOf } from "../surface/weighed.js";
import { type Flops, type Interval, type Loss, type Outcome, type Predicted, refuse } from "../types.js";
import { surfacesOf } from "./part.js";
import type { JointFit, JointPart } from "./record.js";

/**
 * Answers of a joint fit: over the floors that the runs allow, by the fit of all budgets or by that without the smallest, whichever is wider. `ci95`
 * is where the law is, `interval95` where the loss of one new run falls; what either fit says stands in `notes.parts`.
 * @throws ScalingError `bad-option` for a compute, a size or a loss that is not positive
 */
export const predictJoint = <Q extends SurfaceQuestion>(fit: JointFit, question: Q): Outcome<SurfaceAnswer<Q>> =>
  answered(question, {
    optimum: (C) => optimum(fit, C),
    leastCompute: (loss) => leastCompute(fit, loss),
    lossOf: (model) => lossOf(fit, model),
  });

/** What one part says of a logarithm, as the number. */
const said = (fit: JointFit, part: JointPart, statistic: Statistic, noise = 0) =>
  exponentialOf(componentsOver(surfacesOf(part, fit), statistic, noise));

const width = ([low, high]: Interval): number => Math.log(high / low);

/** The part whose answer is the wider. */
const widest = (fit: JointFit, statistic: Statistic, noise: (part: JointPart) => number = () => 0) => {
  const answers = fit.parts.map((part) => ({ part, ...said(fit, part, statistic, noise(part)) }));
  return { answers, quoted: answers.reduce((a, b) => (width(b.interval) > width(a.interval) ? b : a)) };
};

/** Standard deviation of ln L of a new run: of repeated ones where there are, with what they leave of the scatter about the surface. */
const noiseOf =
  (C: Flops) =>
  ({ noise, residualStandardDeviation }: JointPart): number => {
    if (!noise) return residualStandardDeviation;
    const misfit = Math.max(0, residualStandardDeviation ** 2 - noise.standardDeviation ** 2);
    return Math.sqrt(noiseAt(noise, C) + misfit);
  };

const base = ({ quantity }: JointFit) => ({ ok: true, record: "prediction", quantity }) as const;

const lossAt = (fit: JointFit, model: ModelAndData) => {
  const statistic: Statistic = (surface) => logSurfaceLoss(surface, model);
  const C = fit.flopsPerToken * model.N * model.D;
  const { answers, quoted } = widest(fit, statistic, noiseOf(C));
  const { value, interval, part } = quoted;
  const loss = { value, ci95: said(fit, part, statistic).interval, interval95: interval };
  return {
    loss,
    notes: {
      extrapolation: C / fit.largest.C,
      parts: Object.fromEntries(answers.map((one) => [one.part.over, { value: one.value, interval95: one.interval }])),
      noiseStandardDeviation: value * noiseOf(C)(part),
      degreesOfFreedom: part.degreesOfFreedom,
    },
  };
};

const optimum = (fit: JointFit, C: Flops): Outcome<FitPrediction<"C", "N" | "D" | "loss">> => {
  const { quoted } = widest(fit, (surface) => {
    const best = optimalAllocation(surface, C);
    return best.ok ? Math.log(best.N) : Number.NaN;
  });
  const { value: N, interval } = quoted;
  const tokens = (size: number) => C / (fit.flopsPerToken * size);
  const { loss, notes } = lossAt(fit, { N, D: tokens(N) });
  return {
    ...base(fit),
    given: { C },
    predicted: {
      N: { value: N, ci95: interval },
      D: { value: tokens(N), ci95: [tokens(interval[1]), tokens(interval[0])] },
      loss,
    },
    notes,
  };
};

const lossOf = (fit: JointFit, { N, D }: ModelAndData): Outcome<FitPrediction<"N" | "D" | "C", "loss">> => {
  const { loss, notes } = lossAt(fit, { N, D });
  return { ...base(fit), given: { N, D, C: fit.flopsPerToken * N * D }, predicted: { loss }, notes };
};

/** Floors of less than half of the weight cannot speak for all. */
const MAJORITY = 0.5;

const leastCompute = (fit: JointFit, loss: Loss): Outcome<FitPrediction<"loss", "C" | "N" | "D">> => {
  const of =
    (name: "C" | "N" | "D"): Statistic =>
    (surface) => {
      const best = computeForLoss(surface, loss);
      return best.ok ? Math.log(best[name]) : Number.NaN;
    };
  const parts = fit.parts.map((part) => ({ part, components: componentsOver(surfacesOf(part, fit), of("C")) }));
  const reached = parts.every(({ components }) => components.reduce((s, { weight }) => s + weight, 0) >= MAJORITY);
  if (!reached)
    return refuse("unreachable", `floors that carry most of the weight lie above a ${fit.quantity} of ${loss}`);
  const predicted = (name: "C" | "N" | "D"): Predicted => {
    const { value, interval } = widest(fit, of(name)).quoted;
    return { value, ci95: interval };
  };
  const C = predicted("C");
  return {
    ...base(fit),
    given: { loss },
    predicted: { C, N: predicted("N"), D: predicted("D") },
    notes: { extrapolation: C.value / fit.largest.C },
  };
};

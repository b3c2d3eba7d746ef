import { badOption } from "../errors.js";
import { exponentiate } from "../inference/estimate.js";
import type { FitPrediction } from "../prediction.js";
import type { Flops, Loss, Outcome, Predicted } from "../types.js";
import { type Allocation, computeForLoss, misallocation, optimalAllocation } from "./allocate.js";
import { formOfSurface, type ModelAndData, type Surface } from "./surface.js";
import type { SurfaceFit } from "./surface-fit.js";
import { deltaMethod, type Statistic, surfaceBand, type UncertainSurface } from "./uncertainty.js";

/** As much of a fitted surface as a prediction needs: what a published one has, too. */
export type PredictableSurface = UncertainSurface &
  Pick<SurfaceFit, "quantity" | "flopsPerToken" | "residualStandardDeviation">;

/** What else the surface's form depends on, by name; what is not given has its fallback. */
export type GivenInputs = Pick<ModelAndData, "inputs">;

/** What a surface can be asked: the optimum of a compute, the loss of a model, or the least compute for a loss. */
export type SurfaceQuestion =
  | ({ readonly C: Flops } & GivenInputs)
  | ModelAndData
  | ({ readonly loss: Loss } & GivenInputs);

/** The compute-optimal model of one compute. */
export interface FrontierPoint {
  readonly C: Flops;
  readonly N: Predicted;
  readonly D: Predicted;
  readonly loss: Predicted;
}

/** What is answered to a question. */
export type SurfaceAnswer<Q extends SurfaceQuestion> = Q extends { readonly C: Flops }
  ? FitPrediction<"C", "N" | "D" | "loss">
  : Q extends { readonly loss: Loss }
    ? FitPrediction<"loss", "C" | "N" | "D">
    : FitPrediction<"N" | "D" | "C", "loss">;

/**
 * Answers with their errors, by the delta method. They do not cover a wrong form.
 * @throws ScalingError `bad-value` naming the input that the form needs, or `bad-option` one that it does not have
 */
export const predictSurface = <Q extends SurfaceQuestion>(
  fit: PredictableSurface,
  question: Q,
): Outcome<SurfaceAnswer<Q>> => {
  const asked: SurfaceQuestion = question;
  checkInputs(fit, asked);
  const further = asked.inputs && { inputs: asked.inputs };
  const answer: Outcome<FitPrediction> =
    "C" in asked
      ? optimumAt(fit, asked.C, further)
      : "loss" in asked
        ? leastCompute(fit, asked.loss, further)
        : lossOf(fit, asked, further);
  return answer as Outcome<SurfaceAnswer<Q>>;
};

const base = ({ quantity }: PredictableSurface) => ({ ok: true, record: "prediction", quantity }) as const;

const checkInputs = (fit: PredictableSurface, { inputs = {} }: GivenInputs): void => {
  const names = (formOfSurface(fit).inputs ?? []).map(({ name }) => name);
  for (const name of Object.keys(inputs))
    if (!names.includes(name))
      throw badOption(`inputs.${name}`, inputs[name], `${names.join(", ") || "nothing"}, of the form ${fit.form}`);
};

const optimumAt = (
  fit: PredictableSurface,
  C: Flops,
  further: GivenInputs = {},
): Outcome<FitPrediction<"C", "N" | "D" | "loss">> => {
  const best = optimalAllocation(fit, C, further);
  if (!best.ok) return best;
  const at = (name: "N" | "D") => ofOptimum(fit, name, (surface) => optimalAllocation(surface, C, further));
  return {
    ...base(fit),
    given: { C, ...further.inputs },
    predicted: { N: at("N"), D: at("D"), loss: surfaceBand(fit, best) },
    notes: {},
  };
};

const lossOf = (
  fit: PredictableSurface,
  { N, D }: ModelAndData,
  further: GivenInputs = {},
): Outcome<FitPrediction<"N" | "D" | "C", "loss">> => {
  const cost = misallocation(fit, { N, D, ...further }, further);
  if (!cost.ok) return cost;
  const { C, excessLoss, sufficient, deadweight } = cost;
  return {
    ...base(fit),
    given: { N, D, C, ...further.inputs },
    predicted: { loss: surfaceBand(fit, { N, D, ...further }) },
    notes: { excessLoss, sufficient, deadweight },
  };
};

const leastCompute = (
  fit: PredictableSurface,
  loss: Loss,
  further: GivenInputs = {},
): Outcome<FitPrediction<"loss", "C" | "N" | "D">> => {
  const best = computeForLoss(fit, loss, further);
  if (!best.ok) return best;
  const at = (name: "C" | "N" | "D") => ofOptimum(fit, name, (surface) => computeForLoss(surface, loss, further));
  return {
    ...base(fit),
    given: { loss, ...further.inputs },
    predicted: { C: at("C"), N: at("N"), D: at("D") },
    notes: {},
  };
};

/** On the logarithm, so that the interval of a positive number stays positive. */
const ofOptimum = (
  fit: PredictableSurface,
  name: "C" | "N" | "D",
  optimum: (surface: Surface) => Outcome<Allocation>,
): Predicted => {
  const statistic: Statistic = (surface) => {
    const best = optimum(surface);
    return best.ok ? Math.log(best[name]) : Number.NaN;
  };
  const { value, ci95 } = exponentiate(deltaMethod(fit, statistic));
  return { value, ci95 };
};

/** The optimum along compute with its 95 % bands; empty where the surface has none. */
export const frontier = (fit: PredictableSurface, computes: readonly Flops[]): FrontierPoint[] =>
  computes.flatMap((C) => {
    const best = optimumAt(fit, C);
    return best.ok ? [{ C, ...best.predicted }] : [];
  });

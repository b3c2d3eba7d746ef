import { badOption } from "../errors.js";
import { mixtureQuantiles, type StudentComponent } from "../math/student-mixture.js";
import type { FitPrediction } from "../prediction.js";
import { computeForLoss, optimalAllocation } from "../surface/allocate.js";
import type { SurfaceAnswer, SurfaceQuestion } from "../surface/predict.js";
import { logSurfaceLoss, type ModelAndData } from "../surface/surface.js";
import { deltaMethod, type Statistic } from "../surface/uncertainty.js";
import { type Estimate, type Flops, type Interval, type Loss, type Outcome, type Predicted, refuse } from "../types.js";
import type { RolledOutForm, RollOut } from "./record.js";

/**
 * Answers of a roll-out: mixtures over its forms, each a Student t about what the form says. `ci95` is where the law is, `interval95` where
 * the loss of one new run falls; both are over parameters *and* forms, and widened where roll-outs were missed. What one form alone says
 * stands in `notes.forms`.
 *
 * The optimum of a compute is the median of the forms' optima; its loss is that of a run of this size, whatever the form's own optimum.
 * @throws ScalingError `bad-option` for a compute, a size or a loss that is not positive
 */
export const predictRollOut = <Q extends SurfaceQuestion>(fit: RollOut, question: Q): Outcome<SurfaceAnswer<Q>> => {
  const asked: SurfaceQuestion = question;
  for (const [name, value] of Object.entries(asked))
    if (typeof value === "number" && !(value > 0 && Number.isFinite(value)))
      throw badOption(name, value, "a positive number");
  const answer: Outcome<FitPrediction> =
    "C" in asked ? optimum(fit, asked.C) : "loss" in asked ? leastCompute(fit, asked.loss) : lossOf(fit, asked);
  return answer as Outcome<SurfaceAnswer<Q>>;
};

/**
 * Any number of a surface, over the forms of a roll-out: its median and 95 % interval. Ask for the logarithm of what must be positive. The
 * standard error is that of the whole mixture. A form that has no such number has no part in it.
 */
export const rollOutEstimate = (fit: RollOut, statistic: Statistic): Estimate => {
  const parts = componentsOf(fit, statistic, false);
  const [value, low, high] = mixtureQuantiles(parts, LEVELS) as [number, number, number];
  const all = parts.reduce((s, { weight }) => s + weight, 0);
  const mean = parts.reduce((s, { weight, location }) => s + weight * location, 0) / all;
  const variance = parts.reduce(
    (s, { weight, location, scale }) => s + weight * (scale ** 2 + (location - mean) ** 2),
    0,
  );
  return { value, standardError: Math.sqrt(variance / all), ci95: [low, high] };
};

/** Median, and the ends of a 95 % interval. */
const LEVELS = [0.5, 0.025, 0.975];

interface Part extends StudentComponent {
  readonly form: string;
}

/** What each form says of a number; with the noise of a new run, where it is the logarithm of a loss. */
const componentsOf = ({ forms }: RollOut, statistic: Statistic, withNoise: boolean): Part[] =>
  forms.flatMap((member): Part[] => {
    const { fit, weight, misfit, degreesOfFreedom } = member;
    if (weight === 0) return [];
    const { value, standardError } = deltaMethod(fit, statistic);
    if (!Number.isFinite(value) || !Number.isFinite(standardError)) return [];
    const scale = Math.hypot(misfit.factor * standardError, withNoise ? fit.residualStandardDeviation : 0);
    return [{ form: fit.form, location: value, scale, degreesOfFreedom, weight }];
  });

/** Forms of less than half of the weight cannot speak for all. */
const MAJORITY = 0.5;

/** exp of a mixture of logarithms. */
const exponential = (parts: readonly Part[]): { readonly value: number; readonly interval: Interval } => {
  const [value, low, high] = mixtureQuantiles(parts, LEVELS).map(Math.exp) as [number, number, number];
  return { value, interval: [low, high] };
};

/** The parts of forms that have an answer, where they are the most of them. */
const answering = (fit: RollOut, statistic: Statistic, none: string): Outcome<{ readonly parts: readonly Part[] }> => {
  const parts = componentsOf(fit, statistic, false);
  const weight = parts.reduce((s, part) => s + part.weight, 0);
  if (weight >= MAJORITY) return { ok: true, parts };
  return refuse("unreachable", `forms that carry ${Math.round(100 * (1 - weight))} % of the weight ${none}`);
};

const base = ({ quantity }: RollOut) => ({ ok: true, record: "prediction", quantity }) as const;

const notesOf = (parts: readonly Part[], members: readonly RolledOutForm[]): FitPrediction["notes"] => {
  const all = parts.reduce((s, { weight }) => s + weight, 0);
  const widened = members.reduce((most, { weight, misfit }) => (weight > 0 ? Math.max(most, misfit.factor) : most), 1);
  return {
    forms: Object.fromEntries(
      parts.map((part) => {
        const { value, interval } = exponential([part]);
        return [part.form, { value, interval95: interval, weight: part.weight / all }];
      }),
    ),
    ...(widened > 1 && { widened }),
  };
};

const lossAt = (fit: RollOut, model: ModelAndData) => {
  const statistic: Statistic = (surface) => logSurfaceLoss(surface, model);
  const run = componentsOf(fit, statistic, true);
  const { value, interval } = exponential(run);
  const ci95 = exponential(componentsOf(fit, statistic, false)).interval;
  return { loss: { value, ci95, interval95: interval } satisfies Predicted, notes: notesOf(run, fit.forms) };
};

const optimum = (fit: RollOut, C: Flops): Outcome<FitPrediction<"C", "N" | "D" | "loss">> => {
  const lnN: Statistic = (surface) => {
    const best = optimalAllocation(surface, C);
    return best.ok ? Math.log(best.N) : Number.NaN;
  };
  const found = answering(fit, lnN, `have no optimum at C = ${C}`);
  if (!found.ok) return found;
  const { value: N, interval } = exponential(found.parts);
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
    notes: { extrapolation: C / fit.largest.C, ...notes },
  };
};

const lossOf = (fit: RollOut, { N, D, inputs }: ModelAndData): Outcome<FitPrediction<"N" | "D" | "C", "loss">> => {
  const C = fit.flopsPerToken * N * D;
  const { loss, notes } = lossAt(fit, { N, D, ...(inputs && { inputs }) });
  return {
    ...base(fit),
    given: { N, D, C },
    predicted: { loss },
    notes: { extrapolation: C / fit.largest.C, ...notes },
  };
};

const leastCompute = (fit: RollOut, loss: Loss): Outcome<FitPrediction<"loss", "C" | "N" | "D">> => {
  const of =
    (name: "C" | "N" | "D"): Statistic =>
    (surface) => {
      const best = computeForLoss(surface, loss);
      return best.ok ? Math.log(best[name]) : Number.NaN;
    };
  const predicted = (name: "C" | "N" | "D"): Predicted => {
    const { value, interval } = exponential(componentsOf(fit, of(name), false));
    return { value, ci95: interval };
  };
  const found = answering(fit, of("C"), `do not reach a ${fit.quantity} of ${loss}`);
  if (!found.ok) return found;
  const C = predicted("C");
  return {
    ...base(fit),
    given: { loss },
    predicted: { C, N: predicted("N"), D: predicted("D") },
    notes: { extrapolation: C.value / fit.largest.C, ...notesOf(found.parts, fit.forms) },
  };
};

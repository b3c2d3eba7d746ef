import { noiseAt } from "../inference/replicate-noise.js";
import { grouped } from "../math/grouped.js";
import type { StudentComponent } from "../math/student-mixture.js";
import type { FitPrediction } from "../prediction.js";
import { computeForLoss, optimalAllocation } from "../surface/allocate.js";
import { answered } from "../surface/answered.js";
import type { SurfaceAnswer, SurfaceQuestion } from "../surface/predict.js";
import { logSurfaceLoss, type ModelAndData } from "../surface/surface.js";
import type { SurfaceFit } from "../surface/surface-fit.js";
import type { Statistic } from "../surface/uncertainty.js";
import { componentsOver, exponentialOf, mixtureEstimate, type WeighedSurface } from "../surface/weighed.js";
import { type Estimate, type Flops, type Loss, type Outcome, type Predicted, refuse } from "../types.js";
import type { RolledOutForm, RollOut } from "./record.js";

/**
 * Answers of a roll-out: mixtures over its forms, each a Student t about what the form says. `ci95` is where the law is, `interval95` where
 * the loss of one new run falls; both are over parameters *and* forms, and widened where roll-outs were missed. What one form alone says
 * stands in `notes.forms`.
 *
 * The optimum of a compute is the median of the forms' optima; its loss is that of a run of this size, whatever the form's own optimum.
 * @throws ScalingError `bad-option` for a compute, a size or a loss that is not positive
 */
export const predictRollOut = <Q extends SurfaceQuestion>(fit: RollOut, question: Q): Outcome<SurfaceAnswer<Q>> =>
  answered(question, {
    optimum: (C) => optimum(fit, C),
    leastCompute: (loss) => leastCompute(fit, loss),
    lossOf: (model) => lossOf(fit, model),
  });

/**
 * Any number of a surface, over the forms of a roll-out: its median and 95 % interval. Ask for the logarithm of what must be positive. The
 * standard error is that of the whole mixture. A form that has no such number has no part in it.
 */
export const rollOutEstimate = (fit: RollOut, statistic: Statistic): Estimate =>
  mixtureEstimate(componentsOf(fit, statistic));

interface Part extends StudentComponent {
  readonly form: string;
}

/** The surfaces of a member: one at each floor, where that is integrated out. */
const surfacesOf = ({ fit, nodes, degreesOfFreedom }: RolledOutForm): WeighedSurface[] => {
  if (!nodes) return [{ ...fit, degreesOfFreedom, weight: 1 }];
  const { form, flopsPerToken, centre } = fit;
  return nodes.map(({ theta, covariance, weight }) => ({
    ...{ form, theta, covariance, weight, flopsPerToken, degreesOfFreedom },
    ...(centre && { centre }),
  }));
};

/** Standard deviation of ln L of a new run about a form: of repeated runs where there are, with what they leave of its scatter. */
const noiseOf = ({ noise }: RollOut, { residualStandardDeviation: all }: SurfaceFit, C: Flops): number =>
  noise ? Math.sqrt(noiseAt(noise, C) + Math.max(0, all ** 2 - noise.standardDeviation ** 2)) : all;

/** What each form says of a number; with the noise of a new run of this compute, where it is the logarithm of a loss. */
const componentsOf = (fit: RollOut, statistic: Statistic, ofRun?: Flops): Part[] =>
  fit.forms.flatMap((member): Part[] => {
    const { weight, misfit } = member;
    if (weight === 0) return [];
    const noise = ofRun === undefined ? 0 : noiseOf(fit, member.fit, ofRun);
    const parts = componentsOver(surfacesOf(member), statistic, noise, misfit.factor);
    return parts.map((part) => ({ ...part, form: member.fit.form, weight: weight * part.weight }));
  });

/** Forms of less than half of the weight cannot speak for all. */
const MAJORITY = 0.5;

/** The parts of forms that have an answer, where they are the most of them. */
const answering = (fit: RollOut, statistic: Statistic, none: string): Outcome<{ readonly parts: readonly Part[] }> => {
  const parts = componentsOf(fit, statistic);
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
      [...grouped(parts, ({ form }) => form)].map(([form, own]) => {
        const { value, interval } = exponentialOf(own);
        return [form, { value, interval95: interval, weight: own.reduce((s, { weight }) => s + weight, 0) / all }];
      }),
    ),
    ...(widened > 1 && { widened }),
  };
};

const lossAt = (fit: RollOut, model: ModelAndData) => {
  const C = fit.flopsPerToken * model.N * model.D;
  const statistic: Statistic = (surface) => logSurfaceLoss(surface, model);
  const run = componentsOf(fit, statistic, C);
  const { value, interval } = exponentialOf(run);
  const ci95 = exponentialOf(componentsOf(fit, statistic)).interval;
  return { loss: { value, ci95, interval95: interval } satisfies Predicted, notes: notesOf(run, fit.forms) };
};

const optimum = (fit: RollOut, C: Flops): Outcome<FitPrediction<"C", "N" | "D" | "loss">> => {
  const lnN: Statistic = (surface) => {
    const best = optimalAllocation(surface, C);
    return best.ok ? Math.log(best.N) : Number.NaN;
  };
  const found = answering(fit, lnN, `have no optimum at C = ${C}`);
  if (!found.ok) return found;
  const { value: N, interval } = exponentialOf(found.parts);
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
    const { value, interval } = exponentialOf(componentsOf(fit, of(name)));
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

import { positive } from "../errors.js";
import { exponentiate } from "../inference/estimate.js";
import { spaced } from "../math/spaced.js";
import { computeForLoss, misallocation, optimalAllocation } from "../surface/allocate.js";
import { formOfSurface, logSurfaceLoss, type ModelAndData, type Surface } from "../surface/surface.js";
import type { SurfaceFit } from "../surface/surface-fit.js";
import { deltaMethod, type Statistic, surfaceBand } from "../surface/uncertainty.js";
import { type Estimate, type Flops, type Outcome, type Predicted, refuse } from "../types.js";
import type { Diagnosis, DiagnosisStep, LossTerm, TermName } from "./record.js";
import { limitsOf, type Terms, termsOf } from "./terms.js";

export interface DiagnoseOptions {
  /** Compute over which the frontier is shown. Default a thousandth to a thousand times the model's own. */
  readonly range?: readonly [Flops, Flops] | undefined;
  /** Models on it. Default 31. */
  readonly points?: number | undefined;
}

const PARTS: readonly TermName[] = ["N", "D", "floor"];
const DECADES = 1e3;

/**
 * Where the loss of a model comes from by a fitted surface: its size, its tokens or the floor; what doubling each would do; how far it
 * is from the best model of its compute; and what compute reaches half of what is above the floor. For any form, the parts by its limits
 * where it has them. Intervals are of the delta method and do not cover a wrong form; a floor at its bound has none.
 * @throws ScalingError `bad-value` for a size or tokens that are no positive numbers
 */
export const diagnose = (
  fit: SurfaceFit,
  model: ModelAndData,
  { range, points = 31 }: DiagnoseOptions = {},
): Outcome<Diagnosis> => {
  const { inputs } = model;
  const N = positive("N", model.N);
  const D = positive("D", model.D);
  const C = fit.flopsPerToken * N * D;
  const optimum = optimumOf(fit, model, C);
  const [from, to] = range ?? [C / DECADES, C * DECADES];
  return {
    ok: true,
    record: "diagnosis",
    quantity: fit.quantity,
    form: fit.form,
    flopsPerToken: fit.flopsPerToken,
    given: { N, D, C, ...(inputs && { inputs }) },
    loss: surfaceBand(fit, model),
    parts: partsOf(fit, model),
    elasticity: { N: elasticity(fit, model, "N"), D: elasticity(fit, model, "D") },
    steps: stepsFrom(fit, model, C),
    optimum,
    half: halfOf(fit, model, C),
    frontier: spaced(from, to, points).flatMap((at) => {
      const best = optimalAllocation(fit, at, { inputs });
      const terms = best.ok ? termsOf(fit, best) : undefined;
      if (!best.ok || !terms || !whole(terms)) return [];
      return [{ C: at, N: best.N, D: best.D, loss: best.loss, terms }];
    }),
  };
};

/** Of what is positive, with an interval that stays so; of what is 0, a term that has gone to its bound, exactly that. */
const ofPositive = (fit: SurfaceFit, statistic: Statistic): Estimate =>
  statistic(fit) === 0
    ? { value: 0, standardError: 0, ci95: [0, 0] }
    : exponentiate(deltaMethod(fit, (surface) => Math.log(statistic(surface))));

/** Of a share, on its logit, with an interval that stays between 0 and 1. */
const ofShare = (fit: SurfaceFit, statistic: Statistic): Estimate => {
  const value = statistic(fit);
  if (!(value > 0 && value < 1)) return { value, standardError: 0, ci95: [value, value] };
  const logit = deltaMethod(fit, (surface) => {
    const share = statistic(surface);
    return Math.log(share) - Math.log1p(-share);
  });
  const back = (z: number) => 1 / (1 + Math.exp(-z));
  const [low, high] = logit.ci95;
  return { value, standardError: logit.standardError * value * (1 - value), ci95: [back(low), back(high)] };
};

const shareOf =
  (model: ModelAndData, part: TermName): Statistic =>
  (surface) => {
    const terms = termsOf(surface, model);
    return terms[part] / (terms.N + terms.D + terms.floor);
  };

const termEstimate = (fit: SurfaceFit, model: ModelAndData, part: TermName): LossTerm => ({
  of: part,
  // The floor is known as the fit knows it, by its profile.
  amount:
    part === "floor" && fit.parameters.E !== undefined && formOfSurface(fit).floor(fit.theta) > 0
      ? fit.parameters.E
      : ofPositive(fit, (surface) => termsOf(surface, model)[part]),
  share: ofShare(fit, shareOf(model, part)),
});

const whole = (terms: Terms): boolean => PARTS.every((part) => Number.isFinite(terms[part]));

const partsOf = (fit: SurfaceFit, model: ModelAndData): Diagnosis["parts"] => {
  if (!whole(termsOf(fit, model)))
    return refuse("unidentified", `the form ${fit.form} has no limit as the size alone or the tokens alone grow`);
  const ifInfinite = (of: "N" | "D") => ofPositive(fit, (surface) => limitsOf(surface, model)[of]);
  return {
    ok: true,
    terms: PARTS.map((part) => termEstimate(fit, model, part)),
    limits: { N: ifInfinite("N"), D: ifInfinite("D") },
    dominant: dominantOf(fit, model),
  };
};

type Parts = Extract<Diagnosis["parts"], { readonly ok: true }>;

const dominantOf = (fit: SurfaceFit, model: ModelAndData): Parts["dominant"] => {
  const terms = termsOf(fit, model);
  const [first, second] = [...PARTS].sort((a, b) => terms[b] - terms[a]) as [TermName, TermName, TermName];
  const lead = deltaMethod(fit, (surface) => shareOf(model, first)(surface) - shareOf(model, second)(surface));
  return { of: first, lead, clear: lead.ci95[0] > 0 };
};

/** A step of ln N over which a loss bends by less than its digits. */
const STEP = 1e-3;

const elasticity = (fit: SurfaceFit, model: ModelAndData, of: "N" | "D"): Estimate =>
  deltaMethod(fit, (surface) => {
    const at = (sign: number) => logSurfaceLoss(surface, { ...model, [of]: model[of] * Math.exp(sign * STEP) });
    return (at(1) - at(-1)) / (2 * STEP);
  });

type Find = (surface: Surface) => ModelAndData | undefined;

/** What is done, and the model that comes of it, which may itself follow from the surface. */
const stepsFrom = (fit: SurfaceFit, model: ModelAndData, C: Flops): DiagnosisStep[] => {
  const { N, D, inputs } = model;
  const best =
    (at: Flops): Find =>
    (surface) => {
      const found = optimalAllocation(surface, at, { inputs });
      return found.ok ? found : undefined;
    };
  const steps: readonly (readonly [DiagnosisStep["step"], Find])[] = [
    ["N", () => ({ ...model, N: 2 * N })],
    ["D", () => ({ ...model, D: 2 * D })],
    ["N and D", () => ({ ...model, N: 2 * N, D: 2 * D })],
    ["C", best(2 * C)],
    ["moved", best(C)],
  ];
  return steps.flatMap(([step, find]) => {
    const to = find(fit);
    if (!to) return [];
    const logLoss: Statistic = (surface) => {
      const there = find(surface);
      return there ? logSurfaceLoss(surface, there) : Number.NaN;
    };
    const loss = exponentiate(deltaMethod(fit, logLoss));
    const gain = deltaMethod(fit, (surface) => Math.exp(logSurfaceLoss(surface, model)) - Math.exp(logLoss(surface)));
    return [
      {
        step,
        N: to.N,
        D: to.D,
        C: fit.flopsPerToken * to.N * to.D,
        loss: { value: loss.value, ci95: loss.ci95 },
        gain,
      },
    ];
  });
};

const optimumOf = (fit: SurfaceFit, model: ModelAndData, C: Flops): Diagnosis["optimum"] => {
  const { inputs } = model;
  const best = optimalAllocation(fit, C, { inputs });
  if (!best.ok) return best;
  const lost = misallocation(fit, model, { inputs });
  const at = (of: "N" | "D" | "loss") => predictedOf(fit, (surface) => valueAt(surface, C, of, inputs));
  const ratio = ofPositive(fit, (surface) => model.N / valueAt(surface, C, "N", inputs));
  const deadweight = lost.ok ? lost.deadweight : Number.NaN;
  return { ok: true, N: at("N"), D: at("D"), loss: at("loss"), ratio, deadweight };
};

const valueAt = (surface: Surface, C: Flops, of: "N" | "D" | "loss", inputs: ModelAndData["inputs"]): number => {
  const best = optimalAllocation(surface, C, { inputs });
  return best.ok ? best[of] : Number.NaN;
};

const halfOf = (fit: SurfaceFit, model: ModelAndData, C: Flops): Diagnosis["half"] => {
  const { inputs } = model;
  const reached = (surface: Surface) => {
    const floor = formOfSurface(surface).floor(surface.theta);
    const loss = floor + (Math.exp(logSurfaceLoss(surface, model)) - floor) / 2;
    return { loss, best: computeForLoss(surface, loss, { inputs }) };
  };
  const { loss, best } = reached(fit);
  if (!best.ok) return best;
  const at = (of: "C" | "N" | "D"): Statistic => {
    return (surface) => {
      const { best } = reached(surface);
      return best.ok ? best[of] : Number.NaN;
    };
  };
  const factor = ofPositive(fit, (surface) => at("C")(surface) / C);
  return {
    ok: true,
    loss,
    C: predictedOf(fit, at("C")),
    N: predictedOf(fit, at("N")),
    D: predictedOf(fit, at("D")),
    factor,
  };
};

const predictedOf = (fit: SurfaceFit, statistic: Statistic): Predicted => {
  const { value, ci95 } = ofPositive(fit, statistic);
  return { value, ci95 };
};

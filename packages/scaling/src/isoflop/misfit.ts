import { chiSquareSurvival, fSurvival } from "../math/distributions.js";
import { type Outcome, refuse } from "../types.js";
import type { StudiedBudget, Study } from "./budgets.js";
import type { Curve } from "./methods/method.js";
import { fitParabola } from "./parabola.js";
import type { IsoFlop, Misfit } from "./record.js";
import { fitSlices, onLoss } from "./slice.js";

/** Chance of a misfit this large where parabolas are right. */
const SIGNIFICANT = 0.01;
/** Below this share of y a residual is rounding. */
const ROUNDING = 1e-12;

/** The noise of a run, and what of the parabolas' residuals is not noise. */
export interface NoiseAndMisfit {
  readonly noise: IsoFlop["noise"];
  readonly misfit: Outcome<Misfit>;
}

/**
 * Splits the residuals of the parabolas into noise and lack of fit. The lack of fit repeats: budgets are slices of one surface, so that their
 * departures from parabolas are one function of the distance from the optimum, and noise is not. So all budgets are fitted again as slices
 * that share α and β, two numbers more than the parabolas have, and F = (ΔSS / 2) / (SS / (n − 3b − 2)) asks whether those were worth it.
 * Where too few runs are left for that, the parabolas are asked against repeated runs or the runs' own errors (Box, Hunter & Hunter's
 * lack-of-fit test). Noise is that of the parabolas unless the misfit is significant; then it is what the slices leave.
 */
export const noiseAndMisfit = ({ fit, interior, choices }: Study): NoiseAndMisfit => {
  const { axis } = choices;
  const curves = interior.map((budget) => budget.curves[axis]);
  const points = curves.reduce((n, { x }) => n + x.length, 0);
  const free = points - 3 * curves.length;
  const pure = pureError(interior, axis);
  const noise = { ...fit.noise, ...(pure && { pure }) };
  const about = curves.reduce((sum, curve) => sum + aboutParabola(curve), 0);
  const rounding = curves.reduce((sum, { y }) => sum + y.reduce((s, v) => s + (ROUNDING * v) ** 2, 0), 0);
  if (curves.length === 0 || free < 1)
    return { noise, misfit: refuse("too-few-points", "parabolas with as many coefficients as runs fit anything") };
  if (about <= rounding) {
    const exact = { standardDeviation: 0, statistic: 0, pValue: 1, significant: false };
    return { noise, misfit: { ok: true, ...exact, degreesOfFreedom: [2, free], from: "common-shape" } };
  }
  const slices = fitSlices(curves.map((curve) => onLoss(curve, choices)));
  if (slices) {
    const left = Math.max(slices.sumOfSquares, rounding);
    const dof = slices.degreesOfFreedom;
    const gain = Math.max(0, about - left);
    const statistic = gain / 2 / (left / dof);
    const pValue = fSurvival(statistic, 2, dof);
    const significant = pValue < SIGNIFICANT;
    const standardDeviation = Math.sqrt(Math.max(0, about - (left / dof) * free) / points);
    const known = pure?.from === "known-noise" ? pure.standardDeviation : 0;
    const of = Math.sqrt(slices.sumOfSquares / dof);
    return {
      noise: significant
        ? {
            standardDeviation: Math.max(of, known),
            degreesOfFreedom: known > of ? Number.POSITIVE_INFINITY : dof,
            from: known > of ? "known-noise" : "slices",
            ...(pure && { pure }),
          }
        : noise,
      misfit: {
        ok: true,
        standardDeviation,
        statistic,
        pValue,
        significant,
        degreesOfFreedom: [2, dof],
        from: "common-shape",
      },
    };
  }
  if (!pure)
    return {
      noise,
      misfit: refuse(
        "too-few-points",
        "noise and misfit cannot be told apart: no run is left over, repeated, or states its error",
      ),
    };
  const variance = pure.standardDeviation ** 2;
  const replicated = pure.from === "replicates";
  const lack = replicated ? Math.max(0, about - variance * pure.degreesOfFreedom) : about;
  const dof = replicated ? free - pure.degreesOfFreedom : free;
  if (dof < 1 || !(variance > 0))
    return { noise, misfit: refuse("too-few-points", "there are no more sizes than a parabola has coefficients") };
  const statistic = lack / dof / variance;
  const pValue = replicated
    ? fSurvival(statistic, dof, pure.degreesOfFreedom)
    : chiSquareSurvival(lack / variance, dof);
  const significant = pValue < SIGNIFICANT;
  const standardDeviation = Math.sqrt(Math.max(0, lack - dof * variance) / points);
  return {
    noise: significant ? { ...pure, pure } : noise,
    misfit: {
      ok: true,
      standardDeviation,
      statistic,
      pValue,
      significant,
      degreesOfFreedom: [dof, pure.degreesOfFreedom],
      from: pure.from,
    },
  };
};

const aboutParabola = ({ x, y, weights }: Curve): number => {
  const { residuals = [] } = fitParabola(x, y, { weights }) ?? {};
  return residuals.reduce((s, r, i) => s + (weights?.[i] ?? 1) * r * r, 0);
};

type Pure = NonNullable<IsoFlop["noise"]["pure"]>;

/** From runs of one size and budget that differ, or from the errors that all runs state. Copies of a run say nothing. */
const pureError = (interior: readonly StudiedBudget[], axis: "N" | "D"): Pure | undefined => {
  let squares = 0;
  let degreesOfFreedom = 0;
  for (const { curves } of interior) {
    const groups = new Map<string, number[]>();
    curves.runs.forEach(({ N, D }, i) => {
      const key = `${N}|${D}`;
      groups.set(key, [...(groups.get(key) ?? []), curves[axis].y[i]!]);
    });
    for (const group of groups.values()) {
      const mean = group.reduce((s, v) => s + v, 0) / group.length;
      squares += group.reduce((s, v) => s + (v - mean) ** 2, 0);
      degreesOfFreedom += group.length - 1;
    }
  }
  if (squares > 0)
    return { standardDeviation: Math.sqrt(squares / degreesOfFreedom), degreesOfFreedom, from: "replicates" };
  const sigma = interior.flatMap(({ curves }) => curves[axis].sigma ?? [Number.NaN]);
  if (sigma.length === 0 || !sigma.every((s) => s > 0)) return undefined;
  const mean = sigma.reduce((s, v) => s + v * v, 0) / sigma.length;
  return { standardDeviation: Math.sqrt(mean), degreesOfFreedom: Number.POSITIVE_INFINITY, from: "known-noise" };
};

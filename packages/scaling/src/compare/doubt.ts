import { groupByBudget } from "../isoflop/group.js";
import { fSurvival } from "../math/distributions.js";
import { leastSquares } from "../math/linear.js";
import { logSurfaceLoss, type Surface } from "../surface/surface.js";
import type { Run } from "../types.js";

/** Sizes of a budget through which a parabola says something. */
const SIZES = 4;
/** A form is doubted at this level: rarely without reason. */
const LEVEL = 0.001;

/**
 * Whether a surface leaves more than noise: an F test of its residuals of ln L against those of a parabola in ln N for each budget, which knows
 * nothing of how budgets go together. Where the surface is right it wins, as its curves are no parabolas; where its form is wrong its floor, and with it what
 * follows from that, is an artefact. In words; undefined where there is no doubt, or no budgets.
 */
export const doubtOf = (surface: Surface, runs: readonly Run[]): string | undefined => {
  let [ofParabolas, ofSurface, points, parameters] = [0, 0, 0, 0];
  for (const budget of groupByBudget(runs)) {
    if (new Set(budget.runs.map(({ N }) => N)).size < SIZES) continue;
    const lnN = budget.runs.map(({ N }) => Math.log(N));
    const centre = lnN.reduce((s, v) => s + v, 0) / lnN.length;
    const lnL = budget.runs.map((run) => Math.log(run.loss));
    const parabola = leastSquares(
      lnN.map((v) => [1, v - centre, (v - centre) ** 2]),
      lnL,
    );
    if (!parabola) continue;
    ofParabolas += parabola.rss;
    ofSurface += budget.runs.reduce((s, run) => s + (Math.log(run.loss) - logSurfaceLoss(surface, run)) ** 2, 0);
    points += lnN.length;
    parameters += 3;
  }
  const more = parameters - surface.theta.length;
  const left = points - parameters;
  if (!(more > 0 && left > 0 && ofSurface > ofParabolas)) return undefined;
  const pValue = fSurvival((ofSurface - ofParabolas) / more / (ofParabolas / left), more, left);
  if (pValue >= LEVEL) return undefined;
  return `a ${surface.form} surface leaves more than noise: parabolas through the budgets fit better (F test, p ${pValue.toPrecision(1)}), so its floor and what it says beyond the runs may be made by its form; the optima of the budgets do not rest on it`;
};

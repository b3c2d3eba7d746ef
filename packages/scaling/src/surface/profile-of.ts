import { badOption } from "../errors.js";
import { type Estimate, type Outcome, type Run, refuse } from "../types.js";
import { surfaceData } from "./data.js";
import { surfaceObjectives } from "./objectives/index.js";
import { type Fitted, PROFILED_RUNS, profileInterval } from "./profile.js";
import { formOfSurface } from "./surface.js";
import type { SurfaceFit } from "./surface-fit.js";
import { deltaMethod, type Statistic } from "./uncertainty.js";

/**
 * Estimate of a number that follows from a least-squares surface, with its 95 % profile-likelihood interval: unlike the delta method's
 * it need not be symmetric, and it knows that a floor ends at 0, whatever side of it the fit is on.
 * @param runs those of the fit
 * @param weight the one the fit was made with
 * @throws ScalingError `bad-option` for a fit that is not of least squares
 */
export const surfaceProfile = (
  fit: SurfaceFit,
  runs: readonly Run[],
  statistic: Statistic,
  weight?: (run: Run) => number,
): Outcome<Estimate> => {
  const objective = surfaceObjectives.get(fit.objective.name);
  if (!objective.squares) {
    const right = [...surfaceObjectives].filter(({ squares }) => squares).map(({ name }) => name);
    throw badOption("fit.objective", objective.name, `${right.join(" or ")}, whose squares are a likelihood`);
  }
  if (runs.length > PROFILED_RUNS)
    return refuse(
      "stopped-early",
      `${runs.length} runs; beyond ${PROFILED_RUNS} use the delta method, which then agrees`,
    );
  const form = formOfSurface(fit);
  const data = surfaceData(form, runs, weight);
  const theta = form.recentre(fit.theta, data.centreN, data.centreD);
  const fitted: Fitted = {
    ...{ form, data, theta, degreesOfFreedom: fit.points - theta.length },
    measure: { objective, width: 0 },
  };
  const of = (centred: readonly number[]) =>
    statistic({ ...fit, theta: form.recentre(centred, -data.centreN, -data.centreD) });
  const { value, standardError } = deltaMethod(fit, statistic);
  return { ok: true, value, standardError, ci95: profileInterval(fitted, of, value, standardError) };
};

import type { Matrix } from "../math/linear.js";
import { moveOrigin } from "../surface/covariance.js";
import { formOfSurface, surfaceLoss } from "../surface/surface.js";
import { type FloorNode, floorIndex } from "./floors.js";
import type { SurfaceToCompare } from "./surface-to-compare.js";

/** Floors so many standard errors about the best, and how many of them. */
const WIDTH = 6;
const NODES = 60;
/** A step of t for the slope of what moves with the floor. */
const STEP = 1e-5;

const none = (size: number): Matrix => Array.from({ length: size }, () => new Array<number>(size).fill(0));

/**
 * What `floorNodes` finds from runs, from a fit without them. ln E has no normal errors where E may be 0, and the rest of θ bends with E. So
 * floors are spread along t = −ln(1 − E/L), with the error of t by the delta method and none below 0; the rest follows as the form moves
 * its floor, corrected to the slope that the covariance has at the best.
 */
export const nodesOfCovariance = (
  fit: SurfaceToCompare,
): { readonly nodes: FloorNode[]; readonly caution?: string } => {
  const form = formOfSurface(fit);
  const { centre = { N: 1, D: 1 }, covariance, degreesOfFreedom = 0, objective, status, message } = fit;
  const [lnN, lnD] = [Math.log(centre.N), Math.log(centre.D)];
  const theta = form.recentre(fit.theta, lnN, lnD);
  const alone = (covariance: Matrix, degreesOfFreedom: number): FloorNode[] => [
    { theta, covariance, degreesOfFreedom, weight: 1 },
  ];
  if (!covariance || !(degreesOfFreedom > 0)) {
    const caution = "a surface without errors is taken to be exact: every interval is of the other side alone";
    return { nodes: alone(none(theta.length), 1), caution };
  }
  const spread = moveOrigin(form, fit.theta, covariance, lnN, lnD);
  const j = floorIndex(form);
  const variance = j === undefined ? 0 : spread[j]![j]!;
  if (j === undefined || !(variance > 0)) {
    const held =
      j !== undefined &&
      "its floor is held at 0, and a saved surface does not say how high it could be: compare its table of runs";
    return { nodes: alone(spread, degreesOfFreedom), ...(held && { caution: held }) };
  }
  const level = surfaceLoss(fit, centre);
  const scale = { lowestLoss: level, medianLoss: level };
  const floor = form.floor(theta);
  const best = -Math.log1p(-floor / level);
  const perLogFloor = floor / (level - floor);
  const error = perLogFloor * Math.sqrt(variance);
  const at = (t: number) => form.withFloor!(theta, -Math.expm1(-t) * level, scale);
  const [below, above] = [at(best - STEP), at(best + STEP)];
  // What θ moves by with t beyond what the form says.
  const slope = theta.map((_, i) => spread[i]![j]! / variance / perLogFloor - (above[i]! - below[i]!) / (2 * STEP));
  const rest = spread.map((row, i) => row.map((v, k) => v - (spread[i]![j]! * spread[j]![k]!) / variance));
  const nu = degreesOfFreedom;
  const nodes = Array.from({ length: NODES }, (_, i) => ((i + 0.5) / NODES) * 2 * WIDTH - WIDTH).flatMap(
    (z): FloorNode[] => {
      const t = best + z * error;
      if (!(t > 0)) return [];
      const moved = at(t).map((v, i) => (i === j ? v : v + slope[i]! * (t - best)));
      // The rest of a multivariate t, one of its coordinates given, is a wider t with one more degree of freedom.
      const factor = (nu + z * z) / (nu + 1);
      const conditional = rest.map((row, i) => row.map((v, k) => (i === j || k === j ? 0 : factor * v)));
      const weight = (1 + (z * z) / nu) ** (-(nu + 1) / 2);
      return [{ theta: moved, covariance: conditional, degreesOfFreedom: nu + 1, weight }];
    },
  );
  const caution =
    status === "stopped-early"
      ? `the fit stopped early: ${message}`
      : objective?.name === "log-huber"
        ? HUBER
        : undefined;
  return { nodes, ...(caution && { caution }) };
};

const HUBER =
  "errors of log-huber by the delta method are too small: compare its table of runs, or a fit by log-squares";

import { lackOfFit } from "../inference/criteria.js";
import { replicateNoise } from "../inference/replicate-noise.js";
import { extent } from "../math/extent.js";
import { allocationExponents } from "../surface/allocate.js";
import { floored } from "../surface/floors/floored.js";
import type { MeasuredFloor } from "../surface/floors/weighed.js";
import { joint } from "../surface/forms/joint.js";
import { surfaceLoss } from "../surface/surface.js";
import type { Statistic } from "../surface/uncertainty.js";
import { componentsOver, mixtureEstimate, type WeighedSurface } from "../surface/weighed.js";
import type { Outcome, Run } from "../types.js";
import type { JointFit, JointPart } from "./record.js";

/** What the surfaces of a part are, beside their θ. */
export type JointFrame = Pick<JointFit, "flopsPerToken" | "centre">;

/** The surfaces of a part, each with its share. */
export const surfacesOf = (
  { nodes, degreesOfFreedom }: Pick<JointPart, "nodes" | "degreesOfFreedom">,
  { flopsPerToken, centre }: JointFrame,
): WeighedSurface[] =>
  nodes.map(({ theta, covariance, weight }) => ({
    ...{ form: joint.name, theta, covariance, weight },
    ...{ degreesOfFreedom, flopsPerToken, centre },
  }));

/** d ln (L* − E) / d ln C amid the runs. */
const lossExponent: Statistic = ({ theta, centre }) => {
  const { N, D } = centre!;
  return 2 * theta[3]! * Math.log(N * D) - theta[2]!;
};

/** The joint fit of some budgets. */
export const jointPart = (
  runs: readonly Run[],
  over: JointPart["over"],
  frame: JointFrame,
  measured: MeasuredFloor | undefined,
): Outcome<JointPart> => {
  const noise = replicateNoise(runs);
  const fit = floored(joint, runs, { measured, noise });
  if (!fit.ok) return fit;
  const { ok: _, ...found } = fit;
  const surfaces = surfacesOf(found, frame);
  const computes = extent(runs.map(({ C }) => C));
  const best = found.nodes.reduce((a, b) => (b.weight > a.weight ? b : a));
  const lack = lackOfFit(
    runs,
    (run) => surfaceLoss({ form: joint.name, theta: best.theta }, run),
    joint.theta.length,
    "log",
  );
  const said = (statistic: Statistic) => mixtureEstimate(componentsOver(surfaces, statistic));
  return {
    ok: true,
    over,
    computes,
    points: runs.length,
    ...found,
    lackOfFit: lack,
    ...(noise && { noise }),
    exponents: {
      N: said((surface) => allocationExponents(surface).N),
      D: said((surface) => allocationExponents(surface).D),
      loss: said(lossExponent),
      drift: said((surface) => {
        const [from, to] = computes.map((C) => allocationExponents(surface, C).N) as [number, number];
        return to - from;
      }),
    },
    floor: mixtureEstimate(
      found.nodes.map(({ floor, weight }) => ({
        location: floor,
        scale: 0,
        weight,
        degreesOfFreedom: Number.POSITIVE_INFINITY,
      })),
    ),
  };
};

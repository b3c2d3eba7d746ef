import { record } from "@isoflop/spec";
import * as v from "valibot";
import type { ReplicateNoise } from "../../inference/replicate-noise.js";
import { cellsOf } from "../../inference/replicates.js";
import { scaled } from "../../math/linear.js";
import * as fields from "../../records/fields.js";
import { type Outcome, type Run, refuse } from "../../types.js";
import { moveOrigin } from "../covariance.js";
import { type SurfaceData, surfaceData } from "../data.js";
import type { SurfaceForm } from "../form.js";
import { fitAtFloor, floorAt } from "./given-floor.js";
import { knownFloor, type MeasuredFloor, type WeighedFloor, weighedFloors } from "./weighed.js";

/** Records of earlier versions may say more of it, which is left out. */
export const floorSchema = v.object({ value: fields.notNegative, standardError: fields.notNegative }, "a record");

export const nodeSchema = (size: number) =>
  record({
    /** E of this surface; the same in its θ. */
    floor: fields.notNegative,
    /** Those of all nodes add up to one. */
    weight: fields.notNegative,
    /** From the origin of the form, as that of a surface. */
    theta: fields.listOf(size, fields.logarithm),
    /** Of θ at this floor. */
    covariance: fields.covariance(size),
  });

/** A surface of a form at one of the floors that the runs allow. */
export interface FloorNode extends fields.Read<ReturnType<typeof nodeSchema>> {}

/** A form of surface with its floor integrated out. */
export interface FlooredSurface {
  readonly nodes: readonly FloorNode[];
  readonly degreesOfFreedom: number;
  /** Of ln L, of the likeliest floor. */
  readonly sumOfSquares: number;
  readonly residualStandardDeviation: number;
  /** √(lack of fit / scatter of the runs) where that is above 1 and known, by which errors of θ are widened (Birge 1932): the lack is that of cells of repeated runs. */
  readonly birge: number;
}

/** As a floor goes into the integral: on the axes of the data, its covariance in units of the variance of a run. */
export interface FlooredData {
  readonly nodes: readonly WeighedFloor[];
  readonly squares: number;
  readonly degreesOfFreedom: number;
}

/** More starts than this are compared before any is followed. */
const FOLLOWED = 4;

/** The floors that some rows allow; those with weight 0 are left out. */
export const flooredData = (
  form: SurfaceForm,
  data: SurfaceData,
  measured: MeasuredFloor | undefined,
  near?: readonly number[],
): FlooredData | undefined => {
  const points = data.weight.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0);
  const degreesOfFreedom = points - form.theta.length;
  if (degreesOfFreedom < 1 || floorAt(form) < 0 || !form.withFloor) return undefined;
  const starts = near ? [near] : form.starts(data.scale, data);
  if (form.floorKnown) {
    const [node] = knownFloor(form, data, starts, degreesOfFreedom, measured);
    return node && { nodes: [node], squares: node.squares, degreesOfFreedom };
  }
  const tried = starts
    .map((start) => fitAtFloor(form, data, start, 0))
    .filter(({ squares, theta }) => Number.isFinite(squares) && theta.every((v) => !Number.isNaN(v)))
    .sort((a, b) => a.squares - b.squares);
  const found = tried
    .slice(0, FOLLOWED)
    .filter(({ squares }, i) => i === 0 || squares > tried[i - 1]!.squares * (1 + SAME))
    .map(({ theta }) => weighedFloors(form, data, theta, degreesOfFreedom, measured))
    .filter((nodes) => nodes.length > 0);
  if (found.length === 0) return undefined;
  const least = (nodes: readonly WeighedFloor[]) => nodes.reduce((s, { squares }) => Math.min(s, squares), Infinity);
  const nodes = found.reduce((a, b) => (least(b) < least(a) ? b : a));
  return { nodes, squares: least(nodes), degreesOfFreedom };
};

/** Two descents this near to each other have found one valley. */
const SAME = 1e-4;

/**
 * A form of surface through runs with its floor integrated out; θ at each floor by least squares of ln L, its errors from the scatter of
 * the runs, and from that of cells about the surface where it is more.
 * @param near a θ from the origin of the form, near the best
 */
export const floored = (
  form: SurfaceForm,
  runs: readonly Run[],
  {
    weight,
    measured,
    noise,
    near,
  }: {
    readonly weight?: ((run: Run) => number) | undefined;
    readonly measured?: MeasuredFloor | undefined;
    readonly noise?: ReplicateNoise | undefined;
    readonly near?: readonly number[] | undefined;
  } = {},
): Outcome<FlooredSurface> => {
  const p = form.theta.length;
  if (runs.length <= p)
    return refuse("too-few-points", `${runs.length} runs for ${p} parameters; at least ${p + 1} are needed`);
  const data = surfaceData(form, runs, weight);
  const found = flooredData(form, data, measured, near && form.recentre(near, data.centreN, data.centreD));
  if (!found) return refuse("unidentified", "these runs do not tell its parameters apart at any floor");
  const { nodes, squares, degreesOfFreedom } = found;
  const variance = squares / degreesOfFreedom;
  const lack = noise ? lackOf(runs, squares, noise, p) : undefined;
  const birge = lack === undefined ? 1 : Math.max(1, Math.sqrt(lack / variance));
  return {
    ok: true,
    nodes: nodes.map(({ floor, weight: share, theta, unscaledCovariance }) => {
      const covariance = scaled(unscaledCovariance, variance * birge ** 2);
      return {
        floor,
        weight: share,
        theta: form.recentre(theta, -data.centreN, -data.centreD),
        covariance: moveOrigin(form, theta, covariance, -data.centreN, -data.centreD),
      };
    }),
    degreesOfFreedom,
    sumOfSquares: squares,
    residualStandardDeviation: Math.sqrt(variance),
    birge,
  };
};

/** Mean square of the lack of fit: of cells about the surface. */
const lackOf = (
  runs: readonly Run[],
  squares: number,
  { standardDeviation, degreesOfFreedom }: ReplicateNoise,
  parameters: number,
): number | undefined => {
  const cells = cellsOf(runs).length;
  if (cells <= parameters) return undefined;
  return Math.max(0, squares - degreesOfFreedom * standardDeviation ** 2) / (cells - parameters);
};

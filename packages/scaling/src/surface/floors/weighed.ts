import { normalCdf } from "../../math/distributions.js";
import type { Matrix } from "../../math/linear.js";
import type { Loss } from "../../types.js";
import type { SurfaceData } from "../data.js";
import type { SurfaceForm } from "../form.js";
import { fitAtFloor, floorAt, type SurfaceAtFloor } from "./given-floor.js";

/** A lower bound of the loss that was measured, as the Bayes-optimal loss of data of which it is known. */
export interface MeasuredFloor {
  readonly value: Loss;
  readonly standardError: Loss;
}

/** A surface at one floor, with the weight that the runs give it. */
export interface WeighedFloor extends SurfaceAtFloor {
  readonly floor: Loss;
  readonly unscaledCovariance: Matrix;
  /** Those of all floors add up to one. */
  readonly weight: number;
}

const NODES = 14;
/** Floors whose likelihood is e^this below the best do not matter. */
const NEGLIGIBLE = 7;
/** So many standard errors below a measured floor there is none. */
const BELOW = 4;
/** A floor leaves at least this share of the lowest loss to fall. */
const LEAST_LEFT = 1e-3;
/** Where few floors matter they are nearer to each other than nodes, and nodes are laid anew between them. */
const PASSES = 8;

/**
 * The floor integrated out: surfaces at floors from the measured one (0 without) to the lowest loss, each weighed by its profile likelihood
 * SS(E)^(−ν/2), all floors alike likely before. Below a measured floor the weight falls off with its error.
 * @param from a θ near the best, on the axes of the data
 * @param degreesOfFreedom runs less parameters, the floor among them
 * @returns none where at no floor the parameters can be told apart
 */
export const weighedFloors = (
  form: SurfaceForm,
  data: SurfaceData,
  from: readonly number[],
  degreesOfFreedom: number,
  measured: MeasuredFloor = NOTHING,
): WeighedFloor[] => {
  const { lowestLoss } = data.scale;
  const lowest = Math.max(0, measured.value - BELOW * measured.standardError);
  const highest = lowestLoss * (1 - LEAST_LEFT);
  let last: readonly number[] = from;
  let variance = fitAtFloor(form, data, from, 0).squares / degreesOfFreedom;
  const rounding = data.lnL.length * 1e-28;
  const at = (floor: number): Node => {
    const fit = fitAtFloor(form, data, form.withFloor!(last, floor, data.scale), variance);
    const { theta, objective, unscaledCovariance, converged } = fit;
    const sound = unscaledCovariance !== undefined && converged && theta.every((v, j) => j === 0 || Number.isFinite(v));
    if (sound) last = theta;
    const { value, standardError } = measured;
    const before = standardError > 0 ? Math.log(normalCdf((floor - value) / standardError)) : 0;
    const likelihood = (-degreesOfFreedom / 2) * Math.log(objective + rounding);
    return { floor, fit, logWeight: sound ? before + likelihood : Number.NEGATIVE_INFINITY };
  };
  const nodes = (low: Loss, high: Loss): Node[] =>
    Array.from({ length: NODES }, (_, i) => at(low + ((i + 0.5) / NODES) * (high - low)));
  let [low, high] = [lowest, highest];
  let found = nodes(low, high);
  let kept = near(found);
  for (let pass = 0; pass < PASSES && kept.length > 0 && kept.length <= NODES / 2; pass++) {
    const margin = (high - low) / NODES;
    [low, high] = [Math.max(lowest, kept[0]!.floor - margin), Math.min(highest, kept.at(-1)!.floor + margin)];
    last = kept[0]!.fit.theta;
    const least = kept.reduce((a, b) => (b.logWeight > a.logWeight ? b : a)).fit;
    variance = least.squares / degreesOfFreedom;
    found = nodes(low, high);
    kept = near(found);
  }
  const best = highestOf(kept);
  const total = kept.reduce((s, { logWeight }) => s + Math.exp(logWeight - best), 0);
  return kept.map(({ floor, fit, logWeight }) => ({
    ...fit,
    floor,
    unscaledCovariance: fit.unscaledCovariance!,
    weight: Math.exp(logWeight - best) / total,
  }));
};

/**
 * The surface of a form whose floor is known, at the floor that was measured or at 0: one node. What the measurement leaves of it is not taken: it is
 * a small part of a small part of the loss.
 * @param starts θ on the axes of the data
 */
export const knownFloor = (
  form: SurfaceForm,
  data: SurfaceData,
  starts: readonly (readonly number[])[],
  degreesOfFreedom: number,
  measured: MeasuredFloor = NOTHING,
): WeighedFloor[] => {
  const floor = measured.value;
  const found = starts.flatMap((start) => {
    let fit: SurfaceAtFloor = { ...NOWHERE, theta: form.withFloor!(start, floor, data.scale) };
    // Priors are weighed in units of the scatter, which the fit leaves.
    let variance = FIRST_NOISE ** 2;
    for (let pass = 0; pass < KNOWN_PASSES; pass++) {
      fit = fitAtFloor(form, data, fit.theta, variance);
      variance = fit.squares / degreesOfFreedom;
    }
    const { unscaledCovariance, theta } = fit;
    const sound = theta.every((v, j) => j === floorAt(form) || Number.isFinite(v));
    return sound && unscaledCovariance ? [{ ...fit, unscaledCovariance, floor, weight: 1 }] : [];
  });
  return found.sort((a, b) => a.objective - b.objective).slice(0, 1);
};

/** Of ln L, before anything is fitted. */
const FIRST_NOISE = 0.02;
/** Then the scatter moves no more. */
const KNOWN_PASSES = 3;
const NOWHERE = { squares: Infinity, objective: Infinity, unscaledCovariance: undefined, converged: false };

const NOTHING: MeasuredFloor = { value: 0, standardError: 0 };

interface Node {
  readonly floor: Loss;
  readonly fit: SurfaceAtFloor;
  readonly logWeight: number;
}

const highestOf = (nodes: readonly Node[]): number =>
  nodes.reduce((most, { logWeight }) => Math.max(most, logWeight), Number.NEGATIVE_INFINITY);

const near = (nodes: readonly Node[]): Node[] => {
  const best = highestOf(nodes);
  return nodes.filter(({ logWeight }) => logWeight > best - NEGLIGIBLE);
};

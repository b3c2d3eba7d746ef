import { drawParameters } from "../inference/draws.js";
import { embedded, invertPositive, type Matrix, quadraticForm, scaled, solvePositive, zeros } from "../math/linear.js";
import type { Random } from "../math/random.js";
import { rowLoss, type SurfaceData } from "../surface/data.js";
import type { SurfaceForm } from "../surface/form.js";

/** A surface at one floor: the best θ there, what is known of the rest, and the weight of that floor. θ is on centred axes. */
export interface FloorNode {
  readonly theta: readonly number[];
  /** Of θ with the floor held: its row and column are zero. */
  readonly covariance: Matrix;
  readonly degreesOfFreedom: number;
  /** Not normalised. */
  readonly weight: number;
  /** How much likelier a θ is than the Student's t has it, where the runs are known; 1 at the best. */
  readonly correction?: (theta: readonly number[]) => number;
}

/** Nodes per pass over the floors that matter. */
const NODES = 40;
/** Floors are (1 − e^−t) of the lowest loss, as for laws of C alone: up to a thousandth of it left to fall. */
const HIGHEST = 7;
/** Log-weights this far below the best do not matter. */
const NEGLIGIBLE = 9;
/** Passes: each narrows the floors to those that matter, until that gains nothing. */
const PASSES = 12;
const WORTH_ANOTHER = 0.4;

/** Which θ is the logarithm of the floor; undefined for a form without one. */
export const floorIndex = ({ parameters, theta, withFloor }: SurfaceForm): number | undefined => {
  const of = withFloor && parameters.find(({ name }) => name === "E")?.exponentialOf;
  return of === undefined ? undefined : theta.indexOf(of);
};

/**
 * Posterior of a least-squares surface of ln L as a mixture over floors. The floor is barely identified by most studies, its logarithm has
 * no normal errors, and at zero it has none at all; but with the floor given the rest is as good as linear. So at every floor the rest is
 * fitted again, its errors are Student's t about that fit, and the floors are weighed by their profile likelihood SS(E)^−(ν+1)/2, even in
 * t = −ln(1 − E / min L): as the marginal of a t distribution with ν = n − p degrees of freedom has it (Box & Tiao 1973, § 2.7 and 8.4).
 * @param theta the best fit, on the axes of the data
 */
export const floorNodes = (form: SurfaceForm, data: SurfaceData, theta: readonly number[]): FloorNode[] => {
  const j = floorIndex(form);
  const points = data.weight.reduce((count, w) => count + (w > 0 ? 1 : 0), 0);
  if (j === undefined) {
    const fit = fitGiven(form, data, theta, undefined);
    return fit ? [nodeOf(form, data, fit, points, 0)] : [];
  }
  const { lowestLoss } = data.scale;
  const at = (t: number, start: readonly number[]) => {
    const floor = -Math.expm1(-t) * lowestLoss;
    const moved = form.withFloor!(start, floor, data.scale);
    return fitGiven(form, data, moved.with(j, Math.log(floor)), j);
  };
  const best = -Math.log1p(-Math.min(Math.exp(theta[j]!) / lowestLoss, 1 - Math.exp(-HIGHEST)));
  let [low, high] = [0, HIGHEST];
  let fits: { readonly t: number; readonly fit: GivenFloor; readonly logWeight: number }[] = [];
  for (let pass = 0; pass < PASSES; pass++) {
    const width = (high - low) / NODES;
    const ts = Array.from({ length: NODES }, (_, i) => low + (i + 0.5) * width);
    // From the best outwards, each beginning where its neighbour ended.
    const first = ts.findIndex((t) => t >= best);
    const middle = first < 0 ? NODES : first;
    const order = [ts.slice(middle), ts.slice(0, middle).reverse()];
    fits = order.flatMap((side) => {
      let start = theta;
      return side.flatMap((t) => {
        const fit = at(t, start);
        if (!fit) return [];
        start = fit.theta;
        return [
          {
            t,
            fit,
            logWeight: (-(points - theta.length + 1) / 2) * Math.log(fit.sse + rounding(points)),
          },
        ];
      });
    });
    const peak = fits.reduce((m, { logWeight }) => Math.max(m, logWeight), Number.NEGATIVE_INFINITY);
    fits = fits.filter(({ logWeight }) => logWeight > peak - NEGLIGIBLE).sort((a, b) => a.t - b.t);
    if (fits.length === 0) return [];
    const [from, to] = [Math.max(0, fits[0]!.t - width), Math.min(HIGHEST, fits.at(-1)!.t + width)];
    if (to - from > WORTH_ANOTHER * (high - low)) break;
    [low, high] = [from, to];
  }
  const peak = fits.reduce((m, { logWeight }) => Math.max(m, logWeight), Number.NEGATIVE_INFINITY);
  return fits.map(({ fit, logWeight }) => nodeOf(form, data, fit, points, logWeight - peak));
};

/** What double precision leaves of a perfect fit of ln L. */
const rounding = (points: number): number => points * 1e-28;

const nodeOf = (
  form: SurfaceForm,
  data: SurfaceData,
  { theta, information, free, sse }: GivenFloor,
  points: number,
  logWeight: number,
): FloorNode => {
  const degreesOfFreedom = points - free.length;
  const least = sse + rounding(points);
  const small = scaled(invertPositive(information)!, least / degreesOfFreedom);
  const row = rowLoss(form, data);
  const g = new Float64Array(theta.length);
  return {
    theta,
    covariance: embedded(small, free, theta.length),
    degreesOfFreedom,
    weight: Math.exp(logWeight),
    // The likelihood SS(θ)^−n/2 over that of the quadratic about the best, of which the t is the marginal.
    correction(drawn) {
      const moved = free.map((j) => drawn[j]! - theta[j]!);
      let squares = rounding(points);
      for (let i = 0; i < data.lnL.length; i++) squares += data.weight[i]! * (data.lnL[i]! - row(drawn, i, g)) ** 2;
      return (squares / (least + quadraticForm(information, moved))) ** (-points / 2);
    },
  };
};

interface GivenFloor {
  readonly theta: readonly number[];
  readonly sse: number;
  readonly information: Matrix;
  readonly free: readonly number[];
}

const STEPS = 60;
/** Relative gain below which a fit has arrived. */
const LEAST_GAIN = 1e-12;

/** Least squares of ln L with one θ held, by damped Gauss–Newton steps; undefined where the rest cannot be told apart. */
const fitGiven = (
  form: SurfaceForm,
  data: SurfaceData,
  start: readonly number[],
  held: number | undefined,
): GivenFloor | undefined => {
  const free = start.flatMap((v, j) => (j === held || v === Number.NEGATIVE_INFINITY ? [] : [j]));
  const p = free.length;
  const g = new Float64Array(start.length);
  const row = rowLoss(form, data);
  const linearised = (theta: readonly number[]) => {
    const information = zeros(p);
    const slope = new Array<number>(p).fill(0);
    let sse = 0;
    for (let i = 0; i < data.lnL.length; i++) {
      const w = data.weight[i]!;
      if (w === 0) continue;
      const r = data.lnL[i]! - row(theta, i, g);
      sse += w * r * r;
      for (let a = 0; a < p; a++) {
        const ga = w * g[free[a]!]!;
        slope[a]! += ga * r;
        for (let b = 0; b <= a; b++) information[a]![b]! += ga * g[free[b]!]!;
      }
    }
    for (let a = 0; a < p; a++) for (let b = 0; b < a; b++) information[b]![a] = information[a]![b]!;
    return { theta, information, slope, sse };
  };
  let current = linearised(start);
  let damping = 1e-6;
  for (let k = 0; k < STEPS; k++) {
    const damped = current.information.map((line, a) => line.with(a, line[a]! * (1 + damping)));
    const step = solvePositive(damped, current.slope);
    if (!step) {
      damping = Math.max(1e-6, damping * 10);
      if (damping > 1e6) return undefined;
      continue;
    }
    const next = [...current.theta];
    for (const [a, j] of free.entries()) next[j]! += step[a]!;
    const found = linearised(next);
    if (found.sse < current.sse) {
      const gain = current.sse - found.sse;
      current = found;
      damping /= 10;
      if (gain <= LEAST_GAIN * current.sse + 1e-30) break;
    } else if (damping > 1e6) break;
    else damping = Math.max(1e-9, damping * 10);
  }
  const { theta, information, sse } = current;
  if (!Number.isFinite(sse) || !invertPositive(information)) return undefined;
  return { theta, information, free, sse };
};

/**
 * Curves from a mixture over floors, each from a node by its weight, in no order.
 * @param curveOf what a θ gives; θ that give none are drawn again, and where there are many of them fewer are drawn than asked
 */
export const drawNodes = <T>(
  nodes: readonly FloorNode[],
  count: number,
  uniform: Random,
  curveOf: (theta: readonly number[]) => T | undefined,
): T[] => {
  const total = nodes.reduce((s, { weight }) => s + weight, 0);
  const out: T[] = [];
  for (let tries = 0; out.length < count && tries < TRIES; tries++) {
    const chosen = new Map<FloorNode, number>();
    for (let i = out.length; i < count; i++) {
      const node = pick(nodes, total * uniform());
      chosen.set(node, (chosen.get(node) ?? 0) + 1);
    }
    for (const [node, n] of chosen)
      for (const theta of drawNode(node, n, uniform)) {
        const curve = curveOf(theta);
        if (curve !== undefined) out.push(curve);
      }
  }
  return shuffled(out, uniform);
};

const TRIES = 20;
/** Proposals for a draw, of which one is kept by its likelihood. */
const PROPOSALS = 4;
/** A proposal that the t all but left out does not stand for more draws than this. */
const LARGEST = 20;

/** θ from a node: Student's t, resampled by the likelihood where that is known (Rubin 1988: sampling, importance, resampling). */
const drawNode = (
  { theta, covariance, degreesOfFreedom, correction }: FloorNode,
  count: number,
  uniform: Random,
): readonly (readonly number[])[] => {
  const proposed = (n: number) => drawParameters(theta, covariance, degreesOfFreedom, n, uniform);
  if (!correction) return proposed(count);
  const weighed = proposed(PROPOSALS * count).map((drawn) => {
    const weight = correction(drawn);
    return { drawn, weight: weight > 0 ? Math.min(weight, LARGEST) : 0 };
  });
  const total = weighed.reduce((s, { weight }) => s + weight, 0);
  if (!(total > 0)) return [];
  return Array.from({ length: count }, () => pick(weighed, total * uniform()).drawn);
};

/** The node in which a running sum of the weights passes a value. */
export const pick = <T extends { readonly weight: number }>(nodes: readonly T[], value: number): T => {
  let left = value;
  for (const node of nodes) {
    left -= node.weight;
    if (left < 0) return node;
  }
  return nodes[nodes.length - 1]!;
};

/** In the order of their floors draws would be paired with those of like floors on the other side. */
export const shuffled = <T>(values: readonly T[], uniform: Random): T[] => {
  const out = [...values];
  for (let i = out.length - 1; i > 0; i--) {
    const k = Math.floor(uniform() * (i + 1));
    [out[i], out[k]] = [out[k]!, out[i]!];
  }
  return out;
};

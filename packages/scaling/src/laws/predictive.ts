import { studentDistribution } from "../math/distributions.js";
import { extent } from "../math/extent.js";
import { quadraticForm } from "../math/linear.js";
import type { PredictionNotes } from "../prediction.js";
import type { Measurement } from "../types.js";
import { type FloorFit, fitGivenFloor } from "./given-floor.js";

/** Optima of the fitted budgets and what is known about their noise. */
export interface LossCurve {
  readonly C: readonly number[];
  readonly loss: readonly number[];
  /** Variance of each loss in units of the noise variance of one run (the leverage of a parabola's vertex; 1 for a single run). */
  readonly leverage: readonly number[];
  /** Noise variance of one run as estimated inside the budgets, with its degrees of freedom (0: unknown; Infinity: known). */
  readonly noiseVariance: number;
  readonly noiseDegreesOfFreedom: number;
}

/** What is added to the law's own uncertainty at the predicted point. */
export interface NewMeasurement {
  /** Variance of the measurement beyond the noise of one run, in squared loss. */
  readonly extraVariance?: number;
  /** Expected excess over the law, in units of loss. */
  readonly shift?: number;
}

/** A prediction with the interval in which one new measurement should fall, 95 times in a hundred; its value is the median. */
export interface LossPrediction
  extends Measurement,
    Required<Pick<PredictionNotes, "families" | "noiseStandardDeviation" | "degreesOfFreedom">> {}

/** `power`: no floor; `floor`: one above zero; `accelerating`: one below. */
export type LawFamily = keyof LossPrediction["families"];

interface Component {
  readonly location: number;
  readonly scale: number;
  readonly weight: number;
}

const NODES = 60;
/** No reducible loss has been seen to fall faster than C⁻¹; without a limit, floors just under the last point fit anything. */
const STEEPEST = 1;
/**
 * Floors are E = (1 − e^−t) min L: to the right down to a thousandth of the last loss still reducible, to the left until the law is
 * a straight line in ln C to within noise.
 */
const FLOOR_RANGE = { floor: [0, 7], accelerating: [-6, 0] } as const;
/** Narrowings of the range of floors, each but the first with few nodes, and the nodes with weight that end them. */
const PASSES = 12;
const COARSE_NODES = 20;
const ENOUGH = 6;
/** Log-weights this far below the best do not matter. */
const NEGLIGIBLE = 18;

/**
 * Predictive distribution of the loss at compute C*.
 *
 * With four to six budgets the floor E is barely identified, and a plug-in interval at the best E is far too short. So the
 * floor is integrated out. At each E the power law of L − E is a two-parameter least-squares fit whose prediction is Student's t; the
 * fits are weighted by their profile likelihood SS(E)^(−ν/2), where SS adds the scatter of the optima about the law to the
 * scatter of runs within budgets. The three families (no floor, a floor, a negative one) are then weighed by their best
 * likelihoods: no Occam factor, because over a decade or two the data cannot afford to dismiss a curvature. The noise
 * variance at each E is the larger of that pooled value and the law's own misfit (the Birge ratio), so that scatter between
 * budgets that runs within budgets do not show widens the interval.
 *
 * @returns undefined with fewer than three budgets.
 */
export const predictiveLoss = (
  curve: LossCurve,
  at: number,
  measurement: NewMeasurement = {},
): LossPrediction | undefined => {
  const k = curve.C.length;
  if (k < 3) return undefined;
  const lnC = curve.C.map(Math.log);
  const centre = lnC.reduce((s, v) => s + v, 0) / k;
  const u = lnC.map((v) => v - centre);
  const context: Context = {
    curve,
    u,
    target: Math.log(at) - centre,
    weights: curve.leverage.map((v) => 1 / v),
    measurement,
  };
  const [lowest] = extent(curve.loss);

  const pure = fitGivenFloor(u, curve.loss, 0, "raw", context.weights);
  if (!pure) return undefined;
  const nodes: Record<LawFamily, readonly FloorNode[]> = {
    power: [{ fit: pure, t: 0, logWeight: logLikelihood(pure, context) }],
    floor: floorNodes(context, lowest, FLOOR_RANGE.floor),
    accelerating: floorNodes(context, lowest, FLOOR_RANGE.accelerating),
  };
  const everything = Object.values(nodes).flat();
  const best = everything.reduce((a, b) => (b.logWeight > a.logWeight ? b : a));
  const components = Object.entries(nodes).map(
    ([name, members]) => [name, componentsOf(members, best.logWeight, context)] as const,
  );
  const nu = degrees(curve);
  const all = components.flatMap(([, members]) => members);
  const whole = total(all);
  const families = components
    .filter(([, members]) => total(members) > 0)
    .map(([name, members]) => [name, { ...summary(members, nu), weight: total(members) / whole }] as const);
  return {
    ...summary(all, nu),
    families: Object.fromEntries(families),
    noiseStandardDeviation: Math.sqrt(noiseOf(best.fit, context)),
    degreesOfFreedom: nu,
  };
};

/** The nodes of a family share one weight, that of its best member, in proportion to their likelihoods. */
const componentsOf = (nodes: readonly FloorNode[], best: number, context: Context): Component[] => {
  const peak = nodes.reduce((m, n) => Math.max(m, n.logWeight), Number.NEGATIVE_INFINITY);
  const spread = nodes.reduce((s, n) => s + Math.exp(n.logWeight - peak), 0);
  return nodes.map((n) => component(n.fit, context, Math.exp(n.logWeight - best) / spread));
};

interface Context {
  readonly curve: LossCurve;
  readonly u: readonly number[];
  readonly target: number;
  readonly weights: readonly number[];
  readonly measurement: NewMeasurement;
}

interface FloorNode {
  readonly fit: FloorFit;
  readonly logWeight: number;
  readonly t: number;
}

const degrees = ({ C, noiseDegreesOfFreedom }: LossCurve): number => noiseDegreesOfFreedom + C.length - 2;

/** ln SS(E)^(−ν/2); with known noise, the Gaussian −SS / 2σ². */
const logLikelihood = (fit: FloorFit, { curve }: Context): number => {
  if (!Number.isFinite(curve.noiseDegreesOfFreedom)) return -fit.sse / (2 * curve.noiseVariance);
  return (-degrees(curve) / 2) * Math.log(sumOfSquares(fit, curve));
};

/** Rounding of double precision bounds how exactly a law can be known from exact data. */
const sumOfSquares = (fit: FloorFit, { loss, noiseVariance, noiseDegreesOfFreedom }: LossCurve): number => {
  const rounding = loss.reduce((s, v) => s + (v * 1e-13) ** 2, 0);
  return fit.sse + (noiseDegreesOfFreedom > 0 ? noiseVariance * noiseDegreesOfFreedom : 0) + rounding;
};

const noiseOf = (fit: FloorFit, { curve }: Context): number => {
  const misfit = fit.sse / (curve.C.length - 2);
  if (!Number.isFinite(curve.noiseDegreesOfFreedom)) return Math.max(curve.noiseVariance, misfit);
  return Math.max(sumOfSquares(fit, curve) / degrees(curve), misfit);
};

/**
 * Floors of a family that matter: coarse passes until the likelihood is spread over many nodes, so that precise optima find their floor too. Nodes
 * are even in t, that is in ln(min L − E), which is nearly even in ln α: as much weight on floors that leave a tenth of the loss to fall as on
 * floors that leave a third.
 */
const floorNodes = (context: Context, lowest: number, [from, to]: readonly [number, number]): FloorNode[] => {
  const { u, curve, weights } = context;
  const nodes = (low: number, high: number, count = NODES) =>
    Array.from({ length: count }, (_, i) => low + ((i + 0.5) / count) * (high - low)).flatMap((t): FloorNode[] => {
      const fit = fitGivenFloor(u, curve.loss, lowest * (1 - Math.exp(-t)), "raw", weights);
      return fit && fit.alpha > 0 && fit.alpha <= STEEPEST ? [{ fit, t, logWeight: logLikelihood(fit, context) }] : [];
    });
  let [low, high] = [from, to];
  for (let pass = 0; pass < PASSES; pass++) {
    const count = pass === 0 ? NODES : COARSE_NODES;
    const coarse = nodes(low, high, count);
    const best = coarse.reduce((m, n) => Math.max(m, n.logWeight), Number.NEGATIVE_INFINITY);
    const kept = coarse.filter((n) => n.logWeight > best - NEGLIGIBLE);
    if (kept.length === 0) return [];
    const margin = (high - low) / count;
    [low, high] = [Math.max(from, kept[0]!.t - margin), Math.min(to, kept[kept.length - 1]!.t + margin)];
    if (kept.length >= ENOUGH) break;
  }
  return nodes(low, high);
};

const component = (fit: FloorFit, context: Context, weight: number): Component => {
  const { target, measurement } = context;
  const reducible = Math.exp(fit.a - fit.alpha * target);
  const leverage = quadraticForm(fit.unscaledCovariance, [reducible, -target * reducible]);
  const variance = noiseOf(fit, context) * (1 + leverage) + (measurement.extraVariance ?? 0);
  return { location: fit.floor + reducible + (measurement.shift ?? 0), scale: Math.sqrt(variance), weight };
};

const total = (components: readonly Component[]): number => components.reduce((s, c) => s + c.weight, 0);

/** Components lighter than this share cannot move a quantile in its fifth digit. */
const LIGHT = 1e-7;
/** Halvings of the bracket: a millionth of the widest component. */
const HALVINGS = 34;

const summary = (components: readonly Component[], nu: number): Measurement => {
  const all = total(components);
  const heavy = components.filter((c) => c.weight > LIGHT * all);
  const student = studentDistribution(nu);
  const cdf = (x: number) => heavy.reduce((s, c) => s + c.weight * student((x - c.location) / c.scale), 0) / all;
  const widest = heavy.reduce((s, c) => Math.max(s, c.scale), 0);
  const [first, last] = extent(heavy.map((c) => c.location));
  const [low, high] = [first - REACH * widest, last + REACH * widest];
  const quantile = (p: number) => {
    let [a, b] = [low, high];
    for (let i = 0; i < HALVINGS; i++) {
      const middle = (a + b) / 2;
      if (cdf(middle) < p) a = middle;
      else b = middle;
    }
    return (a + b) / 2;
  };
  return { value: quantile(0.5), interval95: [quantile(0.025), quantile(0.975)] };
};

/** The 2.5 % point of Student's t with one degree of freedom is at −12.7; tails of a mixture stay within this. */
const REACH = 20;

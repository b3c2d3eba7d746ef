import { extent } from "../math/extent.js";
import { quadraticForm } from "../math/linear.js";
import { mixtureQuantiles } from "../math/student-mixture.js";
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
  const weighed = weighedLaws(curve);
  if (!weighed) return undefined;
  const { laws, best, centre, degreesOfFreedom } = weighed;
  const target = Math.log(at) - centre;
  const of = (members: readonly WeighedLaw[]) => members.map((law) => component(law, target, measurement));
  const families = [...new Set(laws.map(({ family }) => family))]
    .map((family) => [family, laws.filter((law) => law.family === family)] as const)
    .filter(([, members]) => total(members) > 0)
    .map(([name, members]) => [name, { ...summary(of(members), degreesOfFreedom), weight: total(members) }] as const);
  return {
    ...summary(of(laws), degreesOfFreedom),
    families: Object.fromEntries(families),
    noiseStandardDeviation: Math.sqrt(best.noiseVariance),
    degreesOfFreedom,
  };
};

/** A law at one floor with the weight that the data give it, and the noise of one run about it. */
export interface WeighedLaw {
  readonly family: LawFamily;
  readonly fit: FloorFit;
  readonly weight: number;
  readonly noiseVariance: number;
}

/** Laws at every floor that matters. */
export interface WeighedLaws {
  /** Their weights add up to one. */
  readonly laws: readonly WeighedLaw[];
  /** The likeliest of them. */
  readonly best: WeighedLaw;
  /** The ln C from which u of their fits is counted. */
  readonly centre: number;
  readonly degreesOfFreedom: number;
}

/**
 * The laws that {@link predictiveLoss} weighs.
 * @returns undefined with fewer than three budgets.
 */
export const weighedLaws = (curve: LossCurve): WeighedLaws | undefined => {
  const k = curve.C.length;
  if (k < 3) return undefined;
  const lnC = curve.C.map(Math.log);
  const centre = lnC.reduce((s, v) => s + v, 0) / k;
  const u = lnC.map((v) => v - centre);
  const context: Context = { curve, u, weights: curve.leverage.map((v) => 1 / v) };
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
  const relative = Object.entries(nodes).flatMap(([family, members]) =>
    shares(members, best.logWeight).map((weight, i): WeighedLaw => {
      const { fit } = members[i]!;
      return { family: family as LawFamily, fit, weight, noiseVariance: noiseOf(fit, context) };
    }),
  );
  const whole = total(relative);
  const laws = relative.map((law) => ({ ...law, weight: law.weight / whole }));
  return { laws, best: laws.find(({ fit }) => fit === best.fit)!, centre, degreesOfFreedom: degrees(curve) };
};

/** The nodes of a family share one weight, that of its best member, in proportion to their likelihoods. */
const shares = (nodes: readonly FloorNode[], best: number): number[] => {
  const peak = nodes.reduce((m, n) => Math.max(m, n.logWeight), Number.NEGATIVE_INFINITY);
  const spread = nodes.reduce((s, n) => s + Math.exp(n.logWeight - peak), 0);
  return nodes.map((n) => Math.exp(n.logWeight - best) / spread);
};

interface Context {
  readonly curve: LossCurve;
  readonly u: readonly number[];
  readonly weights: readonly number[];
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

/** And so far below they matter little: where few nodes are nearer, floors are nearer to each other than nodes. */
const SMALL = 8;
/** Passes over the floors of a family, and the share of a pass that must matter for it to be the last. */
const PASSES = 12;
const ENOUGH = 1 / 3;

/**
 * Floors of a family that matter: a coarse pass, then nodes where the likelihood is, and again where that is hardly any of them, as with
 * next to no noise. Nodes are even in t, that is in ln(min L − E), which is nearly even in ln α: as much weight on floors that leave a
 * tenth of the loss to fall as on floors that leave a third.
 */
const floorNodes = (context: Context, lowest: number, [from, to]: readonly [number, number]): FloorNode[] => {
  const { u, curve, weights } = context;
  const nodes = (low: number, high: number) =>
    Array.from({ length: NODES }, (_, i) => low + ((i + 0.5) / NODES) * (high - low)).flatMap((t): FloorNode[] => {
      const fit = fitGivenFloor(u, curve.loss, lowest * (1 - Math.exp(-t)), "raw", weights);
      return fit && fit.alpha > 0 && fit.alpha <= STEEPEST ? [{ fit, t, logWeight: logLikelihood(fit, context) }] : [];
    });
  let [low, high] = [from, to];
  let found = nodes(low, high);
  for (let pass = 1; pass < PASSES; pass++) {
    const best = found.reduce((m, n) => Math.max(m, n.logWeight), Number.NEGATIVE_INFINITY);
    const kept = found.filter((n) => n.logWeight > best - (pass > 1 ? SMALL : NEGLIGIBLE));
    if (kept.length === 0) return [];
    if (pass > 1 && kept.length > ENOUGH * NODES) break;
    const margin = (high - low) / NODES;
    [low, high] = [Math.max(from, kept[0]!.t - margin), Math.min(to, kept[kept.length - 1]!.t + margin)];
    found = nodes(low, high);
  }
  return found;
};

const component = (law: WeighedLaw, target: number, measurement: NewMeasurement): Component => {
  const { fit, weight, noiseVariance } = law;
  const reducible = Math.exp(fit.a - fit.alpha * target);
  const leverage = quadraticForm(fit.unscaledCovariance, [reducible, -target * reducible]);
  const variance = noiseVariance * (1 + leverage) + (measurement.extraVariance ?? 0);
  return { location: fit.floor + reducible + (measurement.shift ?? 0), scale: Math.sqrt(variance), weight };
};

const total = (components: readonly { readonly weight: number }[]): number =>
  components.reduce((s, c) => s + c.weight, 0);

const summary = (components: readonly Component[], degreesOfFreedom: number): Measurement => {
  const parts = components.map((component) => ({ ...component, degreesOfFreedom }));
  const [value, low, high] = mixtureQuantiles(parts, [0.5, 0.025, 0.975]) as [number, number, number];
  return { value, interval95: [low, high] };
};

import { ScalingError, sameLength } from "../errors.js";
import { thetaEstimate } from "../inference/estimate.js";
import { studentFactor95 } from "../math/distributions.js";
import { extent } from "../math/extent.js";
import { differences, levenbergMarquardt } from "../math/levenberg.js";
import { type Matrix, quadraticForm, scaled } from "../math/linear.js";
import { type Estimate, type FitStatus, type Loss, type Measurement, type Outcome, refuse } from "../types.js";

/**
 * How a metric follows the loss. `power`: m = k L^γ (FID against loss) · `exponential`: m = ε − k e^(−γL) (top-1 error, Gadre et
 * al. 2024, eq. 5) · `logistic`: m = low + (high − low) / (1 + e^(γ(L − L₀))) (accuracy).
 */
export type LinkForm = "power" | "exponential" | "logistic";

interface LinkShape {
  readonly parameters: readonly string[];
  evaluate(theta: readonly number[], loss: number): number;
  starts(loss: readonly number[], metric: readonly number[]): number[][];
}

const shapes: Readonly<Record<LinkForm, LinkShape>> = {
  power: {
    parameters: ["lnK", "gamma"],
    evaluate: ([lnK, gamma], loss) => Math.exp(lnK! + gamma! * Math.log(loss)),
    starts: (loss, metric) => {
      const level = Math.log(metric.reduce((s, v) => s + Math.abs(v), 0) / metric.length);
      const centre = Math.log(loss.reduce((s, v) => s + v, 0) / loss.length);
      return [-8, -2, 2, 8].map((gamma) => [level - gamma * centre, gamma]);
    },
  },
  exponential: {
    parameters: ["epsilon", "lnK", "gamma"],
    evaluate: ([epsilon, lnK, gamma], loss) => epsilon! - Math.exp(lnK! - gamma! * loss),
    starts: (loss, metric) => {
      const [low, high] = extent(metric);
      const [first] = extent(loss);
      return [0.3, 1, 3, 10].map((gamma) => [
        high + 0.05 * (high - low),
        Math.log(1.05 * (high - low)) + gamma * first,
        gamma,
      ]);
    },
  },
  logistic: {
    parameters: ["low", "high", "gamma", "centre"],
    evaluate: ([low, high, gamma, centre], loss) => low! + (high! - low!) / (1 + Math.exp(gamma! * (loss - centre!))),
    starts: (loss, metric) => {
      const [low, high] = extent(metric);
      const [first, last] = extent(loss);
      const pad = 0.05 * (high - low);
      return [2, 6, 15].flatMap((steep) =>
        [0.3, 0.5, 0.7].map((share) => [low - pad, high + pad, steep / (last - first), first + share * (last - first)]),
      );
    },
  },
};

export interface MetricLink {
  readonly form: LinkForm;
  readonly status: Extract<FitStatus, "converged" | "unidentified" | "stopped-early">;
  readonly parameters: Readonly<Record<string, Estimate>>;
  readonly theta: readonly number[];
  readonly covariance: Matrix | undefined;
  readonly residualStandardDeviation: number;
  readonly degreesOfFreedom: number;
}

/** Fits a metric as a function of the loss by least squares of the metric. */
export const metricLink = (loss: readonly number[], metric: readonly number[], form: LinkForm): Outcome<MetricLink> => {
  sameLength(loss, "losses", metric, "metrics");
  const bad = loss.findIndex((v, i) => !(v > 0 && Number.isFinite(metric[i]!)));
  if (bad >= 0) {
    const message = `loss ${loss[bad]}, metric ${metric[bad]}; expected a positive loss and a finite metric`;
    throw new ScalingError("bad-value", message, { row: bad + 1 });
  }
  const shape = shapes[form];
  const p = shape.parameters.length;
  const distinct = new Set(loss).size;
  if (distinct <= p)
    return refuse("too-few-points", `${distinct} distinct losses; a ${form} link needs at least ${p + 1}`);
  const fit = levenbergMarquardt(
    loss.length,
    (theta) => (i) => shape.evaluate(theta, loss[i]!) - metric[i]!,
    shape.starts(loss, metric),
  );
  if (!fit) return refuse("unidentified", "no start has a finite objective");
  const dof = loss.length - p;
  const variance = fit.sse / dof;
  return {
    ok: true,
    form,
    status: !fit.converged ? "stopped-early" : fit.unscaledCovariance ? "converged" : "unidentified",
    parameters: Object.fromEntries(shape.parameters.map((name, j) => [name, thetaEstimate(fit, j, variance, dof)])),
    theta: fit.theta,
    covariance: fit.unscaledCovariance && scaled(fit.unscaledCovariance, variance),
    residualStandardDeviation: Math.sqrt(variance),
    degreesOfFreedom: dof,
  };
};

/** The metric at a loss, with the interval of a new measurement at 95 %. */
export const predictMetric = (link: MetricLink, loss: Loss): Measurement => {
  const shape = shapes[link.form];
  const value = shape.evaluate(link.theta, loss);
  const gradient = differences(link.theta, (theta) => [shape.evaluate(theta, loss)]).map(([slope]) => slope!);
  const ofLaw = link.covariance ? quadraticForm(link.covariance, gradient) : Number.NaN;
  const half = studentFactor95(link.degreesOfFreedom) * Math.sqrt(ofLaw + link.residualStandardDeviation ** 2);
  return { value, interval95: [value - half, value + half] };
};

import { estimate, exponentiate } from "../inference/estimate.js";
import type { Matrix } from "../math/linear.js";
import type { Estimate, FitStatus } from "../types.js";
import { moveOrigin, surfaceCovariance } from "./covariance.js";
import { effectivePoints } from "./data.js";
import type { SurfaceForm } from "./form.js";
import type { Problem, Solution } from "./search.js";
import type { SurfaceObjective } from "./solver.js";
import type { Surface } from "./surface.js";

/** A fitted loss surface with everything needed to judge it. */
export interface SurfaceFit extends Surface {
  readonly objective: SurfaceObjective;
  readonly delta: number;
  /** Only `converged` may be quoted without a caveat. */
  readonly status: FitStatus;
  /** What is at its bound or cannot be told from the data. */
  readonly statusMessage: string | undefined;
  /** By name: E, A, B, alpha, beta (or Nc, Dc, alphaN, alphaD), with delta-method standard errors. */
  readonly parameters: Readonly<Record<string, Estimate>>;
  /** Covariance of θ. Undefined when the information matrix is singular. */
  readonly covariance: Matrix | undefined;
  /** Value of the objective: a sum over runs, never a mean. */
  readonly value: number;
  readonly gradientNorm: number;
  readonly starts: { readonly tried: number; readonly reachedBest: number };
  /** Condition number of the information matrix on centred axes. */
  readonly condition: number;
  readonly points: number;
  readonly degreesOfFreedom: number;
  /** Of ln L. */
  readonly residualStandardDeviation: number;
  /** Sum of squared residuals of ln L. */
  readonly sumOfSquares: number;
}

/** A solution with its errors, and whether it may be quoted. */
export const describe = ({ form, data, objective, delta, scale }: Problem, solution: Solution): SurfaceFit => {
  const bound = form.atBound(solution.theta, scale);
  const fixed = bound && (form.exponentials[bound] ?? bound);
  const free = form.theta.map((name, j) => name !== fixed && Number.isFinite(solution.theta[j]!));
  const spread = surfaceCovariance(form, data, solution.theta, objective, delta, free);
  const theta = form.recentre(solution.theta, -data.centreN, -data.centreD);
  const covariance = spread.covariance && moveOrigin(form, spread.covariance, -data.centreN, -data.centreD);
  const parameters = estimates(form, theta, covariance, spread.degreesOfFreedom);
  const { status, statusMessage } = judge(form, solution, bound, spread.condition, parameters);
  return {
    form: form.name,
    theta,
    objective,
    delta,
    status,
    statusMessage,
    parameters,
    covariance,
    value: solution.value,
    gradientNorm: solution.gradientNorm,
    starts: solution.starts,
    condition: spread.condition,
    points: effectivePoints(data),
    degreesOfFreedom: spread.degreesOfFreedom,
    residualStandardDeviation: spread.residualStandardDeviation,
    sumOfSquares: spread.sumOfSquares,
  };
};

/** Beyond this the centred information matrix has lost half of double precision. */
const SINGULAR = 1e12;

const judge = (
  form: SurfaceForm,
  solution: Solution,
  bound: string | undefined,
  condition: number,
  parameters: Readonly<Record<string, Estimate>>,
): { status: FitStatus; statusMessage: string | undefined } => {
  if (!solution.converged)
    return { status: "stopped-early", statusMessage: `gradient ${solution.gradientNorm} at the last step` };
  if (bound) return { status: "bound", statusMessage: `${bound} has gone to its bound: these runs do not show it` };
  if (condition > SINGULAR)
    return {
      status: "unidentified",
      statusMessage: `the information matrix has condition ${condition.toExponential(1)}`,
    };
  for (const name of form.theta) {
    const exponent = parameters[name];
    if (exponent && exponent.standardError > Math.abs(exponent.value)) {
      return {
        status: "unidentified",
        statusMessage: `${name} = ${exponent.value.toPrecision(3)} is smaller than its standard error`,
      };
    }
  }
  return { status: "converged", statusMessage: undefined };
};

/** Natural parameters with intervals; those that are exponentials get theirs from the logarithm. */
const estimates = (
  form: SurfaceForm,
  theta: readonly number[],
  covariance: Matrix | undefined,
  degreesOfFreedom: number,
): Record<string, Estimate> => {
  const out: Record<string, Estimate> = {};
  for (const [name, value] of Object.entries(form.natural(theta))) {
    const log = form.exponentials[name];
    const j = form.theta.indexOf(log ?? name);
    // A tied β is α, and a form without a floor has E = 0 exactly.
    const k = j < 0 && name === "beta" ? form.theta.indexOf("alpha") : j;
    const error = k < 0 ? 0 : covariance ? Math.sqrt(Math.max(0, covariance[k]![k]!)) : Number.NaN;
    if (error === 0) out[name] = { value, standardError: 0, ci95: [value, value] };
    else
      out[name] = log
        ? exponentiate(estimate(Math.log(value), error, degreesOfFreedom))
        : estimate(value, error, degreesOfFreedom);
  }
  return out;
};

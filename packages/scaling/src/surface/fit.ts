import { ScalingError, throwIfAborted } from "../errors.js";
import { estimate, exponentiate } from "../inference/estimate.js";
import { bfgs } from "../math/bfgs.js";
import type { Matrix } from "../math/linear.js";
import { type Estimate, type FitStatus, type Outcome, type Run, refuse } from "../types.js";
import { moveOrigin, surfaceCovariance } from "./covariance.js";
import { dataScale, effectivePoints, type SurfaceData, surfaceData } from "./data.js";
import { type LongFitOptions, runAll } from "./executor.js";
import type { DataScale, SurfaceForm, SurfaceFormName } from "./form.js";
import { surfaceForms } from "./forms/index.js";
import { logObjective } from "./objective.js";
import { type Starts, startingPoints } from "./starts.js";
import type { Surface } from "./surface.js";
import { type Descent, runSurfaceTask, type ScreenTask, type SurfaceObjective, thetaOfVarpro } from "./task.js";
import { varpro } from "./varpro.js";

export interface SurfaceOptions {
  readonly form?: SurfaceFormName;
  readonly objective?: SurfaceObjective;
  /** Corner of the Huber loss, in units of ln L. Default 1e-3. */
  readonly delta?: number;
  readonly starts?: Starts;
  /** Weight of a run in the objective, for instance 1 / σ². */
  readonly weight?: (run: Run) => number;
}

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

/** Fits a loss surface to runs (Hoffmann et al. 2022, Approach 3, or least squares by variable projection). */
export function surface(runs: readonly Run[], options: SurfaceOptions = {}): Outcome<SurfaceFit> {
  const problem = pose(runs, options);
  if ("reason" in problem) return problem;
  if (problem.objective === "squares") return solveSquares(problem);
  return choose(problem, problem.tasks.flatMap(runSurfaceTask));
}

/** As {@link surface}, in pieces: with progress, abort, and workers when an executor is given. The result is the same. */
export async function surfaceAsync(
  runs: readonly Run[],
  options: SurfaceOptions & LongFitOptions = {},
): Promise<Outcome<SurfaceFit>> {
  throwIfAborted(options.signal, "the fit");
  const problem = pose(runs, options);
  if ("reason" in problem) return problem;
  if (problem.objective === "squares") return solveSquares(problem);
  return choose(problem, await runAll(problem.tasks, options));
}

interface Problem {
  readonly form: SurfaceForm;
  readonly objective: SurfaceObjective;
  readonly delta: number;
  readonly data: SurfaceData;
  readonly scale: DataScale;
  readonly tasks: readonly ScreenTask[];
  readonly sizes: { readonly N: number; readonly D: number };
}

/** Starts per piece: small enough for progress and an even load, large enough to be worth a message. */
const STARTS_PER_TASK = 64;

function pose(runs: readonly Run[], options: SurfaceOptions): Problem | Extract<Outcome<SurfaceFit>, { ok: false }> {
  const { form: name = "chinchilla", objective = "log-huber", starts = "auto", weight } = options;
  const form = surfaceForms[name];
  const delta = objective === "log-huber" ? (options.delta ?? 1e-3) : Number.POSITIVE_INFINITY;
  if (!form)
    throw new ScalingError("bad-option", `form is "${name}"; expected one of ${Object.keys(surfaceForms).join(", ")}`);
  if (!(delta > 0)) throw new ScalingError("bad-option", `delta is ${delta}; expected a positive number`);
  if (objective === "squares" && name !== "chinchilla") {
    throw new ScalingError(
      "bad-option",
      `objective "squares" is solved for the form "chinchilla" only; use "log-squares" for "${name}"`,
    );
  }
  const p = form.theta.length;
  if (runs.length <= p)
    return refuse("too-few-points", `${runs.length} runs for ${p} parameters; at least ${p + 1} are needed`);
  const sizes = { N: new Set(runs.map((run) => run.N)).size, D: new Set(runs.map((run) => run.D)).size };
  if (sizes.N < 3 || sizes.D < 3) {
    const message = `${sizes.N} distinct N and ${sizes.D} distinct D: an exponent needs at least three of each`;
    return refuse("unidentified", message);
  }
  const data = surfaceData(runs, weight);
  const scale = dataScale(data);
  const points =
    objective === "squares" ? [] : startingPoints(starts, form, scale, { N: data.centreN, D: data.centreD });
  const tasks: ScreenTask[] = [];
  for (let i = 0; i < points.length; i += STARTS_PER_TASK) {
    tasks.push({ kind: "screen", data, form: name, objective, delta, starts: points.slice(i, i + STARTS_PER_TASK) });
  }
  return { form, objective, delta, data, scale, tasks, sizes };
}

/** Descents carried to the end; the others have shown where they lead. */
const POLISHED = 8;
const SAME_OPTIMUM = 1e-4;

function choose(problem: Problem, descents: readonly Descent[]): Outcome<SurfaceFit> {
  const { form, data, delta } = problem;
  const finite = descents.filter((d) => Number.isFinite(d.value)).sort((a, b) => a.value - b.value);
  if (finite.length === 0) return refuse("unidentified", "no start has a finite objective");
  const objective = logObjective(form, data, delta);
  const polished = finite
    .slice(0, POLISHED)
    .map((d) => bfgs(objective, d.theta, { maxIterations: 3000, relativeTolerance: 1e-14 }));
  const best = polished.reduce((a, b) => (b.value < a.value ? b : a));
  const reachedBest = finite.filter((d) => d.value <= best.value * (1 + SAME_OPTIMUM) + 1e-300).length;
  return describe(problem, {
    theta: Array.from(best.x),
    value: best.value,
    gradientNorm: best.gradientNorm,
    converged: best.converged,
    starts: { tried: descents.length, reachedBest },
  });
}

function solveSquares(problem: Problem): Outcome<SurfaceFit> {
  const fit = varpro(problem.data);
  return describe(problem, {
    theta: thetaOfVarpro(fit),
    value: fit.rss,
    gradientNorm: fit.gradientNorm,
    converged: fit.converged,
    starts: { tried: fit.starts, reachedBest: fit.reachedBest },
  });
}

interface Solution {
  readonly theta: readonly number[];
  readonly value: number;
  readonly gradientNorm: number;
  readonly converged: boolean;
  readonly starts: SurfaceFit["starts"];
}

/** Beyond this the centred information matrix has lost half of double precision. */
const SINGULAR = 1e12;

function describe(problem: Problem, solution: Solution): Outcome<SurfaceFit> {
  const { form, data, objective, delta, scale } = problem;
  const bound = form.atBound(solution.theta, scale);
  const fixed = bound && (form.exponentials[bound] ?? bound);
  const free = form.theta.map((name, j) => name !== fixed && Number.isFinite(solution.theta[j]!));
  const spread = surfaceCovariance(form, data, solution.theta, objective, delta, free);
  const theta = form.recentre(solution.theta, -data.centreN, -data.centreD);
  const covariance = spread.covariance && moveOrigin(form, spread.covariance, -data.centreN, -data.centreD);
  const parameters = estimates(form, theta, covariance, spread.degreesOfFreedom);
  const { status, statusMessage } = judge(form, solution, bound, spread.condition, parameters);
  return {
    ok: true,
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
}

function judge(
  form: SurfaceForm,
  solution: Solution,
  bound: string | undefined,
  condition: number,
  parameters: Readonly<Record<string, Estimate>>,
): { status: FitStatus; statusMessage: string | undefined } {
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
}

/** Natural parameters with intervals; those that are exponentials get theirs from the logarithm. */
export function estimates(
  form: SurfaceForm,
  theta: readonly number[],
  covariance: Matrix | undefined,
  degreesOfFreedom: number,
): Record<string, Estimate> {
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
}

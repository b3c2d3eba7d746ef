import { criteria, lackOfFit } from "../inference/criteria.js";
import { estimate, exponentiate } from "../inference/estimate.js";
import { extent } from "../math/extent.js";
import { type Estimate, type FitStatus, type Outcome, type Run, refuse } from "../types.js";
import { allocationLaws, middleCompute } from "./allocation-laws.js";
import { approach2Bias, flopsPerParameterToken } from "./bias.js";
import { moveOrigin, type SurfaceCovariance, surfaceCovariance } from "./covariance.js";
import type { SurfaceForm } from "./form.js";
import type { SurfaceObjective } from "./objectives/objective.js";
import { PROFILED_RUNS, profileInterval } from "./profile.js";
import type { Problem, Solution } from "./search.js";
import { geometricMean } from "./span.js";
import { type Surface, surfaceLoss } from "./surface.js";
import type { LackOfFit, SurfaceFit } from "./surface-fit.js";
import { deltaMethod, type UncertainSurface } from "./uncertainty.js";

/**
 * A solution with its errors, what follows from it, and whether it may be quoted.
 * @param joint its covariance on the axes of the data, where more than these runs went into the solution
 */
export const describe = (
  problem: Problem,
  solution: Solution,
  joint?: Pick<SurfaceCovariance, "covariance">,
): SurfaceFit => {
  const { form, data, measure, runs, options } = problem;
  const { objective, width } = measure;
  const bound = form.atBound(solution.theta, data.scale);
  const fixed = form.parameters.find(({ name }) => name === bound);
  const held = fixed?.exponentialOf ?? fixed?.exponent;
  const free = form.theta.map((name, j) => name !== held && Number.isFinite(solution.theta[j]!));
  const spread = surfaceCovariance(form, data, solution.theta, measure, free);
  const { degreesOfFreedom, residualStandardDeviation, sumOfSquares, condition } = spread;
  const theta = form.recentre(solution.theta, -data.centreN, -data.centreD);
  // Of a singular information matrix there is no inverse, whatever rounding has made of one.
  const { covariance: centred } = joint ?? (Number.isFinite(condition) ? spread : {});
  const covariance = centred && moveOrigin(form, solution.theta, centred, -data.centreN, -data.centreD);
  const { quantity = "loss", flopsPerToken = flopsPerParameterToken(runs), biasAt } = options;
  const centre = { N: geometricMean(runs.map(({ N }) => N)), D: geometricMean(runs.map(({ D }) => D)) };
  const surface = { form: form.name, theta, flopsPerToken, centre };
  const uncertain = { ...surface, degreesOfFreedom, ...(covariance && { covariance }) };
  const { parameters: plain, logCoefficients } = estimates(form, uncertain);
  const parameters = joint ? plain : withFloor(plain, problem, solution);
  // A form that must be told more has an optimum only where that is.
  const allocation = form.inputs?.some(({ fallback }) => !fallback)
    ? undefined
    : allocationLaws(uncertain, middleCompute(runs));
  const points = data.weight.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0);
  return {
    record: "surface",
    quantity,
    ...judge(form, solution, bound, { condition, covariance }, parameters),
    ...uncertain,
    computes: extent(runs.map(({ C }) => C)),
    parameters,
    logCoefficients,
    ...(allocation && { allocation }),
    objective: {
      name: objective.name,
      ...(objective.width && { width }),
      value: solution.value,
      gradientNorm: solution.gradientNorm,
    },
    starts: solution.starts,
    condition,
    points,
    residualStandardDeviation,
    sumOfSquares,
    criteria: criteria(sumOfSquares, points, theta.length),
    lackOfFit: options.weight
      ? refuse("unidentified", "lack of fit is of runs that are weighed alike")
      : lackOf(surface, objective, runs),
    ...(biasAt !== undefined && { approach2Bias: approach2Bias(surface, runs, biasAt) }),
  };
};

/** Beyond this the centred information matrix has lost half of double precision. */
const SINGULAR = 1e12;

const judge = (
  form: SurfaceForm,
  solution: Solution,
  bound: string | undefined,
  { condition, covariance }: Pick<SurfaceCovariance, "condition" | "covariance">,
  parameters: Readonly<Record<string, Estimate>>,
): { readonly status: FitStatus; readonly message?: string } => {
  const as = (status: FitStatus, message: string) => ({ status, message });
  if (!solution.converged) return as("stopped-early", `gradient ${solution.gradientNorm} at the last step`);
  if (bound === "E")
    return as(
      "bound",
      "E has gone to 0: these runs do not show a floor; its interval is one-sided, the others hold for E = 0",
    );
  if (bound) return as("bound", `${bound} has gone to its bound: these runs do not show it`);
  if (condition > SINGULAR)
    return as("unidentified", `the information matrix has condition ${condition.toExponential(1)}`);
  if (!covariance) return as("unidentified", "these runs leave the errors of the parameters unknown");
  const signed = form.parameters.filter((parameter) => parameter.signed).map(({ name }) => name);
  for (const name of form.theta.filter((theta) => !signed.includes(theta))) {
    const { value, standardError } = parameters[name] ?? { value: 0, standardError: 0 };
    if (standardError > Math.abs(value))
      return as("unidentified", `${name} = ${value.toPrecision(3)} is smaller than its standard error`);
  }
  return { status: "converged" };
};

/** Parameters as they are quoted, with intervals; those that are exponentials get theirs from the logarithm. */
const estimates = (
  form: SurfaceForm,
  uncertain: UncertainSurface,
): Pick<SurfaceFit, "parameters" | "logCoefficients"> => {
  const { theta, covariance, degreesOfFreedom } = uncertain;
  const internal = (name: string): Estimate => {
    const j = form.theta.indexOf(name);
    const error = covariance ? Math.sqrt(Math.max(0, covariance[j]![j]!)) : Number.NaN;
    return error === 0 ? exactly(theta[j]!) : estimate(theta[j]!, error, degreesOfFreedom);
  };
  const parameters: Record<string, Estimate> = {};
  const logCoefficients: Record<string, Estimate> = {};
  for (const { name, exponentialOf, exponent, of } of form.parameters) {
    if (of) parameters[name] = deltaMethod(uncertain, (surface) => of(surface.theta));
    else if (exponentialOf !== undefined) {
      const log = internal(exponentialOf);
      parameters[name] = exponentiate(log);
      if (parameters[name].value > 0) logCoefficients[name] = log;
    } else parameters[name] = exponent === undefined ? exactly(0) : internal(exponent);
  }
  return { parameters, logCoefficients };
};

/**
 * The floor's likelihood is skewed, and ends at 0: its interval is the profile's, one-sided where it reaches 0. Of an objective without
 * a likelihood that of a floor at its bound is not known.
 */
const withFloor = (
  parameters: Readonly<Record<string, Estimate>>,
  { form, data, measure }: Problem,
  { theta }: Solution,
): Readonly<Record<string, Estimate>> => {
  const { E } = parameters;
  const j = form.theta.indexOf(form.parameters.find(({ name }) => name === "E")?.exponentialOf ?? "");
  if (!E || j < 0) return parameters;
  const value = Math.exp(theta[j]!);
  const standardError = value > 0 ? E.standardError : Number.NaN;
  // Where the parameters cannot be told apart a descent along the profile goes nowhere, and its ends mean nothing.
  if (value > 0 && Number.isNaN(standardError)) return parameters;
  if (!measure.objective.squares || data.lnL.length > PROFILED_RUNS) {
    const [low, high] = E.ci95;
    // The delta method on ln E knows of no end; a floor lies below the losses that were reached.
    const most = Math.max(value, data.scale.lowestLoss);
    const ci95 = value > 0 ? ([low, Math.min(high, most)] as const) : ([0, Number.NaN] as const);
    return { ...parameters, E: { value, standardError, ci95 } };
  }
  const fitted = { form, data, measure, theta, degreesOfFreedom: data.lnL.length - theta.length };
  const ci95 = profileInterval(fitted, (at) => Math.exp(at[j]!), value, standardError);
  return { ...parameters, E: { value, standardError, ci95 } };
};

/** What is fixed is known exactly. */
const exactly = (value: number): Estimate => ({ value, standardError: 0, ci95: [value, value] });

/** Errors within this factor are alike. */
const ALIKE = 1.5;

/** Of least squares only, on the scale that was squared; known errors count where they are alike, as no run was weighed. */
const lackOf = (surface: Surface, { squares, scale }: SurfaceObjective, runs: readonly Run[]): Outcome<LackOfFit> => {
  if (!squares)
    return refuse("unidentified", 'lack of fit is of least squares: the objective "log-squares" or "squares"');
  const raw = scale === "raw";
  const test = lackOfFit(runs, (run) => surfaceLoss(surface, run), surface.theta.length, raw ? "raw" : "log");
  if (!test.ok || test.from === "replicates") return test;
  const [low, high] = extent(runs.map(({ sigma = 0, loss }) => (raw ? sigma : sigma / loss)));
  return high <= ALIKE * low
    ? test
    : refuse("unidentified", "the errors of the runs differ, and the fit weighs all alike");
};

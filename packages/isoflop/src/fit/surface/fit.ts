import {
  type Approach2Bias,
  approach2Bias,
  type BootstrapEstimate,
  bootstrapSurfaceAsync,
  type Criteria,
  criteria,
  type Estimate,
  type Executor,
  flopsPerParameterToken,
  type IntervalKind,
  type LackOfFit,
  lackOfFit,
  type Outcome,
  type Run,
  type SurfaceFit,
  type SurfaceFormName,
  type SurfaceObjective,
  surfaceAsync,
  surfaceLoss,
  surfacesCovariance,
} from "@isoflop/scaling";
import { threadExecutor } from "@isoflop/scaling/node";
import { type LoadedRuns, ofQuantity } from "../../runs/load.js";
import { versions } from "../../versions.js";
import { progress } from "../../words/progress.js";
import { LOSS } from "../../words/quantity.js";
import { type FitHead, pointsOf } from "../saved.js";
import { type AllocationLaws, allocationLaws, allocationStatistics } from "./allocation.js";

/** `mse` and `varpro` name the same minimum, Σ (L̂ − L)²; variable projection finds it where the form has power terms. */
export const objectives = {
  "log-huber": "log-huber",
  "log-mse": "log-squares",
  mse: "squares",
  varpro: "squares",
} as const satisfies Record<string, SurfaceObjective>;

export interface SurfaceChoices {
  readonly quantity?: string;
  readonly form?: SurfaceFormName;
  readonly objective?: keyof typeof objectives;
  readonly delta?: number;
  readonly starts?: "auto" | "hoffmann";
  readonly bootstrap?: number;
  readonly strata?: "none" | "budget";
  readonly interval?: IntervalKind;
  readonly seed?: number;
  readonly threads?: number;
  readonly biasAt?: number;
}

export interface SurfaceDocument extends FitHead<"fit surface"> {
  /** `loss`, or the metric that was fitted in its place. */
  readonly quantity: string;
  /** k of C = k·N·D: of the table's own C, or what the missing one of the three was made with. All compute here is under it. */
  readonly flopsPerToken: number;
  readonly fit?: SurfaceNumbers;
  readonly bootstrap?: Outcome<SurfaceResamples> & { readonly seed: number };
}

export interface SurfaceNumbers {
  readonly form: SurfaceFormName;
  /** Internal parameters, natural logarithms; with `covariance` all that predictions need. */
  readonly theta: readonly number[];
  readonly covariance?: SurfaceFit["covariance"];
  /** E, A, B; or Nc, Dc. */
  readonly coefficients: Readonly<Record<string, Estimate>>;
  /** Natural logarithms of the coefficients. */
  readonly logCoefficients: Readonly<Record<string, Estimate>>;
  /** alpha, beta; or alphaN, alphaD. */
  readonly exponents: Readonly<Record<string, Estimate>>;
  /** N*, D* and L* against C under C = k·N·D. */
  readonly allocation: AllocationLaws | undefined;
  readonly objective: {
    readonly name: SurfaceObjective;
    readonly delta?: number;
    /** A sum over the points, never a mean. */
    readonly value: number;
    readonly gradientNorm: number;
  };
  readonly starts: SurfaceFit["starts"];
  readonly condition: number;
  readonly points: number;
  readonly degreesOfFreedom: number;
  /** Of ln L. */
  readonly residualStandardDeviation: number;
  readonly sumOfSquares: number;
  readonly criteria: Criteria;
  readonly lackOfFit: Outcome<LackOfFit>;
  readonly approach2Bias?: Outcome<Omit<Approach2Bias, "fit">> & { readonly C: number };
}

interface SurfaceResamples {
  readonly parameters: Readonly<Record<string, BootstrapEstimate>>;
  readonly allocation: Readonly<Record<string, BootstrapEstimate>>;
  /** Of θ, over the resamples; absent where some of them lack a term, or where they are too few. */
  readonly covariance?: readonly (readonly number[])[];
  readonly resamples: number;
  readonly failed: number;
}

/** Fewer starts or resamples than this are done before threads have started. */
const WORTH_THREADS = 100;

export const fitSurface = async (all: LoadedRuns, choices: SurfaceChoices = {}): Promise<SurfaceDocument> => {
  const { bootstrap = 0, starts, quantity = LOSS } = choices;
  const loaded = ofQuantity(all, quantity);
  const threads = bootstrap >= WORTH_THREADS || starts === "hoffmann";
  await using executor = threads ? threadExecutor(choices.threads ? { threads: choices.threads } : {}) : undefined;
  const outcome = await fitted(loaded.runs, choices, executor);
  const head = {
    command: "fit surface",
    quantity,
    flopsPerToken: flopsPerParameterToken(loaded.runs),
    points: pointsOf(loaded),
    input: loaded.origin,
    versions: versions("@isoflop/scaling"),
  } as const;
  if (!outcome.ok) return { ...head, ok: false, status: outcome.reason, message: outcome.message };
  return {
    ...head,
    ok: true,
    status: outcome.status,
    ...(outcome.statusMessage !== undefined && { message: outcome.statusMessage }),
    fit: numbersOf(outcome, loaded.runs, choices),
    ...(bootstrap > 0 && { bootstrap: await resampled(outcome, loaded.runs, choices, executor) }),
  };
};

const fitted = async (runs: readonly Run[], choices: SurfaceChoices, executor: Executor | undefined) => {
  const { onProgress, end } = progress("fit");
  const { form, objective, delta, starts } = choices;
  const outcome = await surfaceAsync(runs, {
    ...(form && { form }),
    ...(objective && { objective: objectives[objective] }),
    ...(delta !== undefined && { delta }),
    ...(starts && { starts }),
    ...(executor && { executor }),
    onProgress,
  });
  end();
  return outcome;
};

const numbersOf = (fit: SurfaceFit, runs: readonly Run[], { biasAt }: SurfaceChoices): SurfaceNumbers => {
  const { parameters } = fit;
  const exponents = Object.entries(parameters).filter(([name]) => isExponent(name));
  const coefficients = Object.entries(parameters).filter(([name]) => !isExponent(name));
  const logs = coefficients.filter(([, { value }]) => value > 0).map(([name, estimate]) => [name, logarithm(estimate)]);
  return {
    form: fit.form,
    theta: fit.theta,
    ...(fit.covariance && { covariance: fit.covariance }),
    coefficients: Object.fromEntries(coefficients),
    logCoefficients: Object.fromEntries(logs),
    exponents: Object.fromEntries(exponents),
    allocation: allocationLaws(fit, middleCompute(runs), flopsPerParameterToken(runs)),
    objective: {
      name: fit.objective,
      ...(Number.isFinite(fit.delta) && { delta: fit.delta }),
      value: fit.value,
      gradientNorm: fit.gradientNorm,
    },
    starts: fit.starts,
    condition: fit.condition,
    points: fit.points,
    degreesOfFreedom: fit.degreesOfFreedom,
    residualStandardDeviation: fit.residualStandardDeviation,
    sumOfSquares: fit.sumOfSquares,
    criteria: criteria(fit.sumOfSquares, fit.points, fit.theta.length),
    lackOfFit: lackOf(fit, runs),
    ...(biasAt !== undefined && { approach2Bias: biasOf(fit, runs, biasAt) }),
  };
};

/** Of least squares only, on the scale that was squared; known errors count where they are alike, as no run was weighed. */
const lackOf = (fit: SurfaceFit, runs: readonly Run[]): Outcome<LackOfFit> => {
  const refused = (message: string) => ({ ok: false, reason: "unidentified", message }) as const;
  if (fit.objective === "log-huber") return refused("lack of fit is of least squares: --objective log-mse or mse");
  const test = lackOfFit(
    runs,
    (run) => surfaceLoss(fit, run),
    fit.theta.length,
    fit.objective === "squares" ? "raw" : "log",
  );
  if (!test.ok || test.from === "replicates") return test;
  const errors = runs.map(({ sigma = 0, loss }) => (fit.objective === "squares" ? sigma : sigma / loss));
  const [low, high] = [errors.reduce((a, b) => Math.min(a, b)), errors.reduce((a, b) => Math.max(a, b))];
  return high <= ALIKE * low ? test : refused("the errors of the runs differ, and the fit weighs all alike");
};

/** Errors within this factor are alike. */
const ALIKE = 1.5;

const isExponent = (name: string): boolean => /^(alpha|beta)/.test(name);

/** The natural logarithm of an estimate that was made from its logarithm. */
const logarithm = ({ value, standardError, ci95 }: Estimate): Estimate => ({
  value: Math.log(value),
  standardError: standardError / value,
  ci95: [Math.log(ci95[0]), Math.log(ci95[1])],
});

/** Where allocations are evaluated: coefficients at C = 1 lie far outside any data. */
const middleCompute = (runs: readonly Run[]): number =>
  Math.exp(runs.reduce((sum, run) => sum + Math.log(run.C), 0) / runs.length);

const biasOf = (fit: SurfaceFit, runs: readonly Run[], C: number) => {
  const outcome = approach2Bias(fit, runs, C);
  if (!outcome.ok) return { ...outcome, C };
  const { ok, exponent, relative, flopsPerParameterToken } = outcome;
  return { ok, C, exponent, relative, flopsPerParameterToken };
};

const resampled = async (
  fit: SurfaceFit,
  runs: readonly Run[],
  choices: SurfaceChoices,
  executor: Executor | undefined,
) => {
  const { onProgress, end } = progress("bootstrap");
  const { bootstrap = 0, seed = 0, strata, interval } = choices;
  const outcome = await bootstrapSurfaceAsync(fit, runs, {
    resamples: bootstrap,
    seed,
    statistics: allocationStatistics(middleCompute(runs), flopsPerParameterToken(runs)),
    ...(strata && { strata }),
    ...(interval && { interval }),
    ...(executor && { executor }),
    onProgress,
  });
  end();
  if (!outcome.ok) return { ...outcome, seed };
  const { ok, parameters, statistics, surfaces, resamples, failed } = outcome;
  const finite = surfaces.every(({ theta }) => theta.every(Number.isFinite));
  const covariance = finite && surfaces.length > fit.theta.length && surfacesCovariance(surfaces);
  return { ok, seed, parameters, allocation: statistics, ...(covariance && { covariance }), resamples, failed };
};

/** The library's fit again, for predictions and plans. */
export const surfaceOf = ({ status, message }: SurfaceDocument, numbers: SurfaceNumbers): SurfaceFit => {
  const { objective, coefficients, logCoefficients: _, exponents, ...rest } = numbers;
  return {
    ...rest,
    status: status as SurfaceFit["status"],
    statusMessage: message,
    parameters: { ...coefficients, ...exponents },
    covariance: numbers.covariance,
    objective: objective.name,
    delta: objective.delta ?? Number.POSITIVE_INFINITY,
    value: objective.value,
    gradientNorm: objective.gradientNorm,
  };
};

import { positive } from "../errors.js";
import { logEstimate, thetaEstimate } from "../inference/estimate.js";
import { levenbergMarquardt } from "../math/levenberg.js";
import { product } from "../math/product.js";
import { surface } from "../surface/fit.js";
import { lnUsable } from "../surface/forms/data-constrained.js";
import { type ModelAndData, surfaceFrom, surfaceLoss } from "../surface/surface.js";
import { type Estimate, type FitStatus, type Loss, type Outcome, refuse, type Tokens } from "../types.js";

/** The surface beneath: what fresh data would give. */
export interface FreshSurface {
  readonly E: number;
  readonly A: number;
  readonly B: number;
  readonly alpha: number;
  readonly beta: number;
}

/** Parameters of Muennighoff et al. 2023 (2305.16264): the surface, and how fast repeated tokens and excess parameters lose value. */
export interface DataConstrainedLaw extends FreshSurface {
  /** R*_D: epochs after which a repeated token has lost 1 − 1/e of its value. */
  readonly repeatTokens: number;
  /** R*_N: the same for parameters beyond what the unique tokens can use. */
  readonly repeatParameters: number;
}

/** The published C4 fit, at full precision. */
export const muennighoff2023: DataConstrainedLaw = {
  E: Math.exp(0.6254804),
  A: Math.exp(6.255414),
  B: Math.exp(7.3049974),
  alpha: 0.3526596,
  beta: 0.3526596,
  repeatTokens: 15.387756,
  repeatParameters: 5.309743,
};

/** A model's size and tokens, U of them unique. */
export interface RepeatedData extends ModelAndData {
  readonly U: Tokens;
}

/** The parameters that the unique tokens of a run can use. */
const usable = ({ A, B, alpha, beta }: FreshSurface, { D, U }: RepeatedData): number =>
  Math.exp(lnUsable({ a: Math.log(A), b: Math.log(B), alpha, beta }, Math.log(Math.min(U, D))));

/**
 * Loss of N parameters trained on D tokens of which U are unique: the surface of the form `data-constrained`.
 * @throws ScalingError `bad-value` when N, D or U is not positive.
 */
export const dataConstrainedLoss = (law: DataConstrainedLaw, { N, D, U }: RepeatedData): Loss => {
  checkRepeated({ N, D, U });
  return surfaceLoss(surfaceFrom("data-constrained", { ...law }), { N, D, inputs: { U } });
};

const checkRepeated = ({ N, D, U }: RepeatedData, row?: number): void => {
  for (const [field, value] of Object.entries({ N, D, U })) positive(field, value, row);
};

/** The law of runs with repeated data. */
export interface DataConstrainedFit {
  readonly law: DataConstrainedLaw;
  /** What was fitted, by name: the two decays, and where no surface was given E, A, B and alpha, to which beta is tied. */
  readonly parameters: Readonly<Record<string, Estimate>>;
  /** `unidentified` when a decay is so fast or so slow that it leaves no trace, or is smaller than its standard error. */
  readonly status: Extract<FitStatus, "converged" | "unidentified" | "stopped-early">;
  /** Sum of squared residuals of ln L. */
  readonly sumOfSquares: number;
  readonly points: number;
  readonly degreesOfFreedom: number;
}

/** A run with repeated data: U of its D tokens are unique. */
export interface RepeatedRun extends RepeatedData {
  readonly loss: Loss;
}

/** Beyond this many effective epochs, or below this few, the decay leaves no trace in the runs. */
const DECAY_RANGE = [0.05, 5000] as const;
/** Less excess than this is rounding of the number of steps. */
const REPEATED = 1.01;

const START_DECAYS = product([1, 5, 20], [1, 5, 20]).map((decays) => decays.map(Math.log));

/** Parameters by the place of their logarithm in θ; alpha stands for itself. */
const DECAYS = ["repeatTokens", "repeatParameters"] as const;
const ALL = [...DECAYS, "A", "B", "E", "alpha"] as const;
const ALPHA = ALL.indexOf("alpha");

/**
 * Fits R*_D and R*_N by least squares of ln L, at a given surface, or together with E, A, B and α = β, which begin at the surface
 * through the runs that repeat nothing. (Muennighoff et al. hold that surface fixed; but a fresh run can have more parameters than its
 * tokens can use, and pulls it.)
 * @param base the surface, where it is known from elsewhere
 * @throws ScalingError `bad-value` with the 1-based row
 */
export const fitDataConstrained = (runs: readonly RepeatedRun[], base?: FreshSurface): Outcome<DataConstrainedFit> => {
  runs.forEach((run, i) => {
    checkRepeated(run, i + 1);
  });
  const names = base ? DECAYS : ALL;
  if (runs.length <= names.length)
    return refuse("too-few-points", `${runs.length} runs for ${names.length} parameters; expected more`);
  if (!runs.some(({ D, U }) => D > U * REPEATED)) return refuse("unidentified", "no run repeats a token");
  if (base) {
    if (runs.some((run) => run.N > usable(base, run) * REPEATED)) return descend(runs, names, START_DECAYS, base);
    return refuse("unidentified", "no run has more parameters than its unique tokens can use");
  }
  const fresh = runs.filter(({ D, U }) => D <= U * REPEATED);
  const plain = fresh.map(({ N, D, loss }) => ({ C: 6 * N * D, N, D, loss }));
  const start = surface(plain, { form: "tied" });
  if (!start.ok) return refuse(start.reason, `of the ${fresh.length} runs that repeat nothing: ${start.message}`);
  const starts = START_DECAYS.map((decays) => [...decays, ...start.theta]);
  return descend(runs, names, starts);
};

const descend = (
  runs: readonly RepeatedRun[],
  names: readonly (keyof DataConstrainedLaw)[],
  starts: readonly (readonly number[])[],
  base?: FreshSurface,
): Outcome<DataConstrainedFit> => {
  const lawOf = (theta: readonly number[]): DataConstrainedLaw => {
    const [repeatTokens, repeatParameters, A, B, E] = theta.map(Math.exp) as [number, number, number, number, number];
    const alpha = theta[ALPHA]!;
    return { ...(base ?? { E, A, B, alpha, beta: alpha }), repeatTokens, repeatParameters };
  };
  const residuals = (theta: readonly number[]) => {
    const law = lawOf(theta);
    return (i: number) => Math.log(dataConstrainedLoss(law, runs[i]!) / runs[i]!.loss);
  };
  const fit = levenbergMarquardt(runs.length, residuals, starts);
  if (!fit?.unscaledCovariance)
    return refuse("unidentified", "the runs do not repeat data enough to show how it loses value");
  const law = lawOf(fit.theta);
  const degreesOfFreedom = runs.length - names.length;
  const variance = fit.sse / degreesOfFreedom;
  const parameters = Object.fromEntries(
    names.map((name, j) => [name, (j === ALPHA ? thetaEstimate : logEstimate)(fit, j, variance, degreesOfFreedom)]),
  );
  const traceless = DECAYS.some((name) => {
    const { value, standardError } = parameters[name]!;
    return value < DECAY_RANGE[0] || value > DECAY_RANGE[1] || standardError > value;
  });
  return {
    ok: true,
    law,
    parameters,
    status: traceless ? "unidentified" : fit.converged ? "converged" : "stopped-early",
    sumOfSquares: fit.sse,
    points: runs.length,
    degreesOfFreedom,
  };
};

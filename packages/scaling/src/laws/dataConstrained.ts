import { ScalingError } from "../errors.js";
import { levenbergMarquardt } from "../math/levenberg.js";
import {
  type Estimate,
  type FitStatus,
  type Loss,
  type Outcome,
  type Parameters,
  refuse,
  type Tokens,
} from "../types.js";
import { logEstimate } from "./nonlinear.js";

/** Parameters of Muennighoff et al. 2023 (2305.16264): the surface, and how fast repeated tokens and excess parameters lose value. */
export interface DataConstrainedLaw {
  readonly E: number;
  readonly A: number;
  readonly B: number;
  readonly alpha: number;
  readonly beta: number;
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

/** x unique units used r + 1 times are worth x (1 + R* (1 − e^(−r/R*))) units (eq. 5). */
const worth = (unique: number, repeats: number, decay: number): number =>
  unique * (1 + decay * (1 - Math.exp(-repeats / decay)));

/**
 * Loss of N parameters trained on D tokens of which U are unique:
 * E + A / N_e^α + B / D_e^β with effective size and tokens (eq. 6).
 * @throws ScalingError `bad-value` when N, D or U is not positive.
 */
export function dataConstrainedLoss(
  law: DataConstrainedLaw,
  { N, D, U }: { readonly N: Parameters; readonly D: Tokens; readonly U: Tokens },
): Loss {
  for (const [field, value] of Object.entries({ N, D, U })) {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new ScalingError("bad-value", `${field} is ${value}; expected a positive number`, { field, value });
    }
  }
  const { E, A, B, alpha, beta } = law;
  const unique = Math.min(U, D);
  const effectiveTokens = worth(unique, D / unique - 1, law.repeatTokens);
  // The size for which U tokens are compute-optimal: D* = U gives C/6 = (U G)^((α+β)/α), and N* = G (C/6)^(β/(α+β)).
  const G = ((alpha * A) / (beta * B)) ** (1 / (alpha + beta));
  const usable = Math.min(N, (unique * G) ** (beta / alpha) * G);
  const effectiveSize = worth(usable, N / usable - 1, law.repeatParameters);
  return E + A / effectiveSize ** alpha + B / effectiveTokens ** beta;
}

/** Decays of repeated data, fitted with the surface held fixed. */
export interface DataConstrainedFit {
  readonly law: DataConstrainedLaw;
  readonly repeatTokens: Estimate;
  readonly repeatParameters: Estimate;
  readonly status: Extract<FitStatus, "converged" | "unidentified">;
  /** Sum of squared residuals of ln L. */
  readonly sumOfSquares: number;
  readonly points: number;
}

/** A run with repeated data: U of its D tokens are unique. */
export interface RepeatedRun {
  readonly N: Parameters;
  readonly D: Tokens;
  readonly U: Tokens;
  readonly loss: Loss;
}

/** Beyond this many effective epochs, or below this few, the decay leaves no trace in the runs. */
const DECAY_RANGE = [0.05, 5000] as const;

/** Fits R*_D and R*_N by least squares of ln L, the surface E, A, B, α, β taken from runs without repetition. */
export function fitDataConstrained(
  runs: readonly RepeatedRun[],
  base: Omit<DataConstrainedLaw, "repeatTokens" | "repeatParameters">,
): Outcome<DataConstrainedFit> {
  if (runs.length < 3) return refuse("too-few-points", `${runs.length} runs; two decays need at least three`);
  const withDecays = (theta: readonly number[]): DataConstrainedLaw => ({
    ...base,
    repeatTokens: Math.exp(theta[0]!),
    repeatParameters: Math.exp(theta[1]!),
  });
  const residuals = (theta: readonly number[]) => {
    const law = withDecays(theta);
    return runs.map((run) => Math.log(dataConstrainedLoss(law, run) / run.loss));
  };
  const starts = [1, 5, 20].flatMap((d) => [1, 5, 20].map((n) => [Math.log(d), Math.log(n)]));
  const fit = levenbergMarquardt(residuals, starts);
  if (!fit?.unscaledCovariance)
    return refuse("unidentified", "the runs do not repeat data enough to show how it loses value");
  const variance = fit.sse / (runs.length - 2);
  const law = withDecays(fit.theta);
  const outside = [law.repeatTokens, law.repeatParameters].some((v) => v < DECAY_RANGE[0] || v > DECAY_RANGE[1]);
  return {
    ok: true,
    law,
    repeatTokens: logEstimate(fit, 0, variance, runs.length - 2),
    repeatParameters: logEstimate(fit, 1, variance, runs.length - 2),
    status: outside ? "unidentified" : "converged",
    sumOfSquares: fit.sse,
    points: runs.length,
  };
}

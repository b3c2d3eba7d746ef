import type { BootstrapEstimate } from "../inference/bootstrap.js";
import type { Criteria, LackOfFit } from "../inference/criteria.js";
import type { Matrix } from "../math/linear.js";
import type { Estimate, FitStatus, Loss, Outcome } from "../types.js";
import type { Approach2Bias } from "./bias.js";
import type { SurfaceObjective } from "./solver.js";
import type { Surface } from "./surface.js";

/** A fitted loss surface with everything needed to judge it. A record: it survives JSON whole. */
export interface SurfaceFit extends Surface {
  readonly record: "surface";
  /** `loss`, or the metric that was fitted in its place. */
  readonly quantity: string;
  /** k of C = k·N·D: of the runs' own C, or as it was given. All compute here is under it. */
  readonly flopsPerToken: number;
  /** Only `converged` may be quoted without a caveat. */
  readonly status: FitStatus;
  /** What is at its bound or cannot be told from the data. */
  readonly message?: string;
  /** By name: E, A, B, alpha, beta (or Nc, Dc, alphaN, alphaD), with delta-method standard errors. */
  readonly parameters: Readonly<Record<string, Estimate>>;
  /** Natural logarithms of the coefficients among them: what was fitted. */
  readonly logCoefficients: Readonly<Record<string, Estimate>>;
  /** Covariance of θ. Absent when the information matrix is singular. */
  readonly covariance?: Matrix;
  /** N*, D* and L* against C; absent where the surface has no optimum. */
  readonly allocation?: AllocationLaws;
  readonly objective: SurfaceMinimum;
  readonly starts: { readonly tried: number; readonly reachedBest: number };
  /** Condition number of the information matrix on centred axes. */
  readonly condition: number;
  readonly points: number;
  readonly degreesOfFreedom: number;
  /** Of ln L. */
  readonly residualStandardDeviation: number;
  /** Sum of squared residuals of ln L. */
  readonly sumOfSquares: number;
  readonly criteria: Criteria;
  /** Of least squares, where runs are repeated or state alike errors. */
  readonly lackOfFit: Outcome<LackOfFit>;
  /** How far Approach 2 on these runs would be off, at the compute that was asked. */
  readonly approach2Bias?: Outcome<Approach2Bias>;
  /** Where it was asked for: the outcome of {@link bootstrapSurface}. */
  readonly bootstrap?: Outcome<SurfaceBootstrap>;
}

/** What a fit of a surface made least. */
export interface SurfaceMinimum {
  readonly name: SurfaceObjective;
  /** Corner of the Huber loss, in ln L; absent where there is none. */
  readonly delta?: number;
  /** A sum over runs, never a mean. */
  readonly value: number;
  readonly gradientNorm: number;
}

/** y = coefficient · C^exponent (+ floor), the optimum of a surface under its C = k·N·D. */
export interface AllocationLaw {
  readonly coefficient: Estimate;
  readonly logCoefficient: Estimate;
  readonly exponent: Estimate;
}

/** The optimum against compute. */
export interface AllocationLaws {
  readonly N: AllocationLaw;
  readonly D: AllocationLaw;
  /** L* = floor + coefficient · C^exponent; at its best under these forms it is exactly that. */
  readonly loss: AllocationLaw & { readonly floor: Loss };
}

/** A surface over resamples of its runs. */
export interface SurfaceBootstrap {
  readonly parameters: Readonly<Record<string, BootstrapEstimate>>;
  /** Exponents and logarithms of coefficients of the {@link AllocationLaws}: "N.exponent", "N.logCoefficient" and so on. */
  readonly allocation: Readonly<Record<string, BootstrapEstimate>>;
  /** The other numbers that were asked for. */
  readonly statistics: Readonly<Record<string, BootstrapEstimate>>;
  /** Of θ, over the resamples; absent where some of them lack a term, or where they are too few. */
  readonly covariance?: Matrix;
  readonly seed: number;
  readonly resamples: number;
  /** Refits that did not converge, which are left out. */
  readonly failed: number;
}

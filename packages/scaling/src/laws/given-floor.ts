import type { Matrix } from "../math/linear.js";

/** Least squares of y = E + exp(a − α u) at a fixed floor E: two parameters, a few Gauss–Newton steps. */
export interface FloorFit {
  readonly floor: number;
  /** ln A at u = 0. */
  readonly a: number;
  readonly alpha: number;
  readonly sse: number;
  /** (JᵀWJ)⁻¹ for (a, α). */
  readonly unscaledCovariance: Matrix;
}

/** Residuals of y itself, or of ln y as the published saturating fits have it. */
export type ResidualScale = "raw" | "log";

/** Share of the sum of squares below which a gain is rounding. */
const LEAST_GAIN = 1e-15;

/**
 * @param u ln C, centred by the caller so that a and α are nearly independent
 * @param floor below every y
 * @returns undefined when no finite fit exists (all u equal).
 */
export const fitGivenFloor = (
  u: readonly number[],
  y: readonly number[],
  floor: number,
  scale: ResidualScale,
  weights?: readonly number[],
): FloorFit | undefined => {
  const logs = emptyNormal();
  for (let i = 0; i < u.length; i++) {
    const reducible = y[i]! - floor;
    // Errors of y are magnified by 1 / (y − E) in the logarithm.
    accumulate(logs, 1, -u[i]!, Math.log(reducible), (weights?.[i] ?? 1) * reducible * reducible);
  }
  const start = solve(logs);
  if (!start) return undefined;
  let [a, alpha] = start;
  /** Gauss–Newton's normal equations at (a, α); the target is what is left to explain, data minus model. */
  const linearised = (a: number, alpha: number): Normal => {
    const normal = emptyNormal();
    for (let i = 0; i < u.length; i++) {
      const reducible = Math.exp(a - alpha * u[i]!);
      const value = floor + reducible;
      const slope = scale === "log" ? reducible / value : reducible;
      const target = scale === "log" ? Math.log(y[i]! / value) : y[i]! - value;
      accumulate(normal, slope, -u[i]! * slope, target, weights?.[i] ?? 1);
    }
    return normal;
  };
  let current = linearised(a, alpha);
  for (let i = 0; i < 60; i++) {
    const step = solve(current);
    // What the step promises would be lost in the rounding of the sum.
    if (!step || current.ra * step[0] + current.rb * step[1] <= LEAST_GAIN * current.sse) break;
    const before = current.sse;
    for (let fraction = 1; fraction > 1e-9; fraction /= 2) {
      const next = linearised(a + fraction * step[0], alpha + fraction * step[1]);
      if (next.sse < current.sse) {
        a += fraction * step[0];
        alpha += fraction * step[1];
        current = next;
        break;
      }
    }
    if (!(before - current.sse > 1e-14 * before)) break;
  }
  const { aa, ab, bb, sse } = current;
  const d = determinant(current);
  if (!(d > 0)) return undefined;
  const unscaledCovariance = [
    [bb / d, -ab / d],
    [-ab / d, aa / d],
  ];
  return { floor, a, alpha, sse, unscaledCovariance };
};

/** Normal equations of two columns: JᵀWJ, JᵀW(target) and the sum of squares of the target. */
const emptyNormal = () => ({ aa: 0, ab: 0, bb: 0, ra: 0, rb: 0, sse: 0 });

type Normal = ReturnType<typeof emptyNormal>;

const accumulate = (n: Normal, ja: number, jb: number, target: number, weight: number): void => {
  n.aa += weight * ja * ja;
  n.ab += weight * ja * jb;
  n.bb += weight * jb * jb;
  n.ra += weight * ja * target;
  n.rb += weight * jb * target;
  n.sse += weight * target * target;
};

/** Zero where the columns cannot be told apart. */
const determinant = ({ aa, ab, bb }: Normal): number => {
  const d = aa * bb - ab * ab;
  return d > 1e-14 * aa * bb ? d : 0;
};

const solve = (n: Normal): [number, number] | undefined => {
  const d = determinant(n);
  return d > 0 ? [(n.bb * n.ra - n.ab * n.rb) / d, (n.aa * n.rb - n.ab * n.ra) / d] : undefined;
};

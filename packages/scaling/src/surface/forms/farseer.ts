import type { SurfaceForm } from "../form.js";
import { boxCox, boxCoxShifted, boxCoxSlope } from "./box-cox.js";
import { vanished } from "./terms.js";
import { twoTerms } from "./two-terms.js";

/**
 * ln N at which a saved θ is held, and ln D at which the level and the slope in N of the second term are. Any numbers give the same surface; at
 * one parameter and one token, where the law is written, they could hardly be told from the exponents: the power of N in an exponent of
 * D makes e^25 of it there.
 */
const SIZE = Math.log(1e9);
const MIDDLE = Math.log(1e10);

/**
 * Li et al. 2025 (2506.10972): L = exp(a3 N^γ + b3) + exp(a2 N^β + b2) · D^(−exp(a1 N^α + b1)). D is in tokens: in another unit the
 * coefficient of the second term would no longer be of the form.
 *
 * θ = (u, uN, γ, v, vN, β, w, wN, α), with n = ln N from the origin of the axes, N = 10^9 where a surface is saved, and φ(n; k) = (e^(kn) − 1)/k, which is n at k = 0: so a power may pass through 0,
 * where a and b are infinite, and become a logarithm.
 *   ln first term  = u + uN φ(n; γ)
 *   ln exponent    = w + wN φ(n; α)
 *   ln second term = v + vN φ(n; β) at D = 10^10 and, in its level and its slope, at n = 0
 */
export const farseer: SurfaceForm = {
  name: "farseer",
  formula: "exp(a3 N^gamma + b3) + exp(a2 N^beta + b2) D^−exp(a1 N^alpha + b1)",
  theta: ["u", "uN", "gamma", "v", "vN", "beta", "w", "wN", "alpha"],
  parameters: [
    { name: "a1", of: (t) => (t[7]! / t[8]!) * Math.exp(-t[8]! * SIZE) },
    { name: "b1", of: (t) => t[6]! - t[7]! / t[8]! },
    { name: "alpha", exponent: "alpha", signed: true },
    { name: "a2", of: (t) => (coefficient(t)[1] / t[5]!) * Math.exp(-t[5]! * SIZE) },
    { name: "b2", of: (t) => coefficient(t)[0] - coefficient(t)[1] / t[5]! },
    { name: "beta", exponent: "beta", signed: true },
    { name: "a3", of: (t) => (t[1]! / t[2]!) * Math.exp(-t[2]! * SIZE) },
    { name: "b3", of: (t) => t[0]! - t[1]! / t[2]! },
    { name: "gamma", exponent: "gamma", signed: true },
  ],
  unquoted({ a1, b1, alpha, a2, b2, beta, a3, b3, gamma }) {
    const of = (a = Number.NaN, b = Number.NaN, k = Number.NaN) => {
      const power = a * Math.exp(k * SIZE);
      return [power + b, power * k, k] as const;
    };
    return assembled(of(a3, b3, gamma), of(a2, b2, beta), of(a1, b1, alpha));
  },
  origin: { N: SIZE, D: 0 },
  anchored: ["D"],
  logLoss(t, n, lnD, gradient) {
    const [phiU, phiV, phiW] = [boxCox(n, t[2]!), boxCox(n, t[5]!), boxCox(n, t[8]!)];
    const exponent = Math.exp(t[6]!);
    const first = t[0]! + t[1]! * phiU;
    const falls = lnD * Math.exp(t[6]! + t[7]! * phiW);
    const held = MIDDLE * exponent;
    const slope = t[4]! + held * t[7]!;
    const second = t[3]! + held + slope * phiV - falls;
    const top = Math.max(first, second);
    const [e1, e2] = [Math.exp(first - top), Math.exp(second - top)];
    const p1 = e1 / (e1 + e2);
    const p2 = e2 / (e1 + e2);
    gradient[0] = p1;
    gradient[1] = p1 * phiU;
    gradient[2] = p1 * t[1]! * boxCoxSlope(n, t[2]!);
    gradient[3] = p2;
    gradient[4] = p2 * phiV;
    gradient[5] = p2 * slope * boxCoxSlope(n, t[5]!);
    gradient[6] = p2 * (held * (1 + t[7]! * phiV) - falls);
    gradient[7] = p2 * (held * phiV - falls * phiW);
    gradient[8] = -p2 * falls * t[7]! * boxCoxSlope(n, t[8]!);
    return top + Math.log(e1 + e2);
  },
  recentre(t, shiftN) {
    const moved = (curve: Curve) => boxCoxShifted(curve, shiftN);
    return assembled(moved([t[0]!, t[1]!, t[2]!]), moved(coefficient(t)), moved([t[6]!, t[7]!, t[8]!]));
  },
  floor: () => 0,
  starts: (_, data) =>
    twoTerms(data, false).flatMap(({ a, alpha, b, c, beta0, beta1 }) =>
      BENDS.map((bend) => assembled([a, -alpha, bend], [b, c, bend], [Math.log(beta0), beta1 / beta0, bend])),
    ),
  atBound(t, scale) {
    if (vanished(t[0]!, scale)) return "b3";
    return vanished(t[3]!, scale) ? "b2" : undefined;
  },
};

/** [level, slope, power] at n = 0. */
type Curve = readonly [number, number, number];

const BENDS = [-0.2, 0.05, 0.2];

/** ln of the coefficient of D, that is of the second term at one token. */
const coefficient = (t: readonly number[]): Curve => {
  const held = MIDDLE * Math.exp(t[6]!);
  return [t[3]! + held, t[4]! + held * t[7]!, t[5]!];
};

/** θ from ln first term, ln coefficient of D and ln exponent. */
const assembled = (u: Curve, v: Curve, w: Curve): number[] => {
  const held = MIDDLE * Math.exp(w[0]);
  return [...u, v[0] - held, v[1] - held * w[1], v[2], ...w];
};

import type { SurfaceForm } from "../form.js";
import { chinchilla } from "./power-terms.js";

const NAMES = ["a", "b", "e", "alpha", "beta", "delta", "gamma", "omega", "zeta", "knee", "max"] as const;
/** ln of where the count of experts begins to matter, and ends: of the published fit, about. */
const [KNEE, MOST] = [Math.log(2), Math.log(300)];
const START_SLOPES = [-0.2, 0];
/** No count of experts comes near it. */
const ENDLESS = 1e7;

/**
 * Ludziejewski et al. 2025 (2502.05172), eq. 6 with eq. 4, after Clark et al. 2022 (2202.01169): N is the active parameters, and experts, one
 * of which is active, act through Ê, 1/Ê = 1/(experts − 1 + (1/start − 1/max)^−1) + 1/max. Here in terms of X = Ê/start, which is 1 for one
 * expert, so that E, A, B, α and β are the dense surface. The authors' a, α, γ (with Ê, and exponents that are negative) are A =
 * a start^δ, α = −(α' + γ' ln start), γ = −γ'; likewise b, β and ζ.
 *
 * θ = (ln A, ln B, ln E, α, β, δ, γ, ω, ζ, ln knee, ln max), knee = (1/start − 1/max)^−1.
 */
export const jointMoe: SurfaceForm = {
  name: "joint-moe",
  formula: "E + A X^delta/N^(alpha + gamma ln X) + B X^omega/D^(beta + zeta ln X), X of the number of experts",
  inputs: [{ name: "experts", meaning: "experts, one of which is active", word: "experts", fallback: () => 1 }],
  theta: NAMES,
  parameters: [
    ...chinchilla.parameters,
    { name: "delta", exponent: "delta", signed: true },
    { name: "gamma", exponent: "gamma", signed: true },
    { name: "omega", exponent: "omega", signed: true },
    { name: "zeta", exponent: "zeta", signed: true },
    { name: "start", of: (t) => 1 / (Math.exp(-t[9]!) + Math.exp(-t[10]!)) },
    { name: "max", exponentialOf: "max" },
  ],
  unquoted: ({ E, A, B, start, max, ...exponents }) => {
    const log = (value = Number.NaN) => Math.log(value);
    const knee = 1 / (1 / (start ?? Number.NaN) - 1 / (max ?? Number.NaN));
    const of = NAMES.slice(3, 9).map((name) => exponents[name] ?? Number.NaN);
    return [log(A), log(B), log(E), ...of, log(knee), log(max)];
  },
  logLoss(t, lnN, lnD, gradient, inputs) {
    const { x, kneeSlope, maxSlope } = saturated(Math.expm1(inputs[0]!), t[9]!, t[10]!);
    const [alpha, beta] = [t[3]! + t[6]! * x, t[4]! + t[8]! * x];
    dense[0] = t[0]! + t[5]! * x;
    dense[1] = t[1]! + t[7]! * x;
    dense[2] = t[2]!;
    dense[3] = alpha;
    dense[4] = beta;
    const value = chinchilla.logLoss(dense, lnN, lnD, of, []);
    for (let j = 0; j < 5; j++) gradient[j] = of[j]!;
    gradient[5] = x * of[0]!;
    gradient[6] = x * of[3]!;
    gradient[7] = x * of[1]!;
    gradient[8] = x * of[4]!;
    const moved = t[5]! * of[0]! + t[6]! * of[3]! + t[7]! * of[1]! + t[8]! * of[4]!;
    gradient[9] = moved * kneeSlope;
    gradient[10] = moved * maxSlope;
    return value;
  },
  recentre(t, shiftN, shiftD) {
    const out = [...t];
    out[0] = t[0]! - t[3]! * shiftN;
    out[1] = t[1]! - t[4]! * shiftD;
    out[5] = t[5]! - t[6]! * shiftN;
    out[7] = t[7]! - t[8]! * shiftD;
    return out;
  },
  floor: (t) => Math.exp(t[2]!),
  withFloor: (t, floor, scale) => [...chinchilla.withFloor!(t.slice(0, 5), floor, scale), ...t.slice(5)],
  trade: (t) => chinchilla.trade!(t.slice(0, 5)),
  starts: (scale, data) =>
    chinchilla
      .starts(scale, data)
      .flatMap((start) => START_SLOPES.map((delta) => [...start, delta, 0, -delta, 0, KNEE, MOST])),
  atBound: (t, scale) => chinchilla.atBound(t.slice(0, 5), scale) ?? (t[10]! > Math.log(ENDLESS) ? "max" : undefined),
};

/** The dense surface of a number of experts, and its gradient. */
const dense = new Float64Array(5);
const of = new Float64Array(5);

/** ln X of so many experts beyond the first, and its slopes in ln knee and ln max. */
const saturated = (more: number, lnKnee: number, lnMax: number) => {
  const [knee, max] = [Math.exp(-lnKnee), Math.exp(-lnMax)];
  const reach = 1 / (more + 1 / knee);
  const [one, many] = [knee + max, reach + max];
  return {
    x: Math.log(one / many),
    kneeSlope: (reach * reach) / (knee * many) - knee / one,
    maxSlope: max / many - max / one,
  };
};

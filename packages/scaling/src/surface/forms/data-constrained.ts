import { product } from "../../math/product.js";
import type { DataScale, SurfaceForm, Trade } from "../form.js";
import { chinchilla, tied } from "./power-terms.js";
import { worth } from "./repeated.js";

/** Beyond this many effective epochs, or below this few, a decay leaves no trace in any runs there are. */
const FASTEST = 0.02;
const SLOWEST = 2e4;
const START_DECAYS = [2, 12];

/**
 * Muennighoff et al. 2023 (2305.16264), eq. 6: E + A/N_e^α + B/D_e^β, where repeated tokens and parameters beyond what the unique tokens can
 * use lose their value ({@link worth}). U of the D tokens are unique; their best size, at which αA/N^α = βB/U^β, is what they can use. θ =
 * (a, b, e, α[, β], ln R*_D, ln R*_N).
 */
const constrained = (name: string, beneath: SurfaceForm): SurfaceForm => {
  const isTied = beneath.terms!.tied;
  const base = beneath.theta.length;
  const [alphaAt, betaAt] = [3, isTied ? 3 : 4];
  const [tokensAt, sizeAt] = [base, base + 1];
  const fresh = new Float64Array(base);
  return {
    name,
    formula: `E + A/N_e^alpha + B/D_e^${isTied ? "alpha" : "beta"}, N_e and D_e of U unique tokens`,
    inputs: [{ name: "U", meaning: "unique tokens", word: "unique", like: "D", fallback: (_, D) => D }],
    theta: [...beneath.theta, "repeatTokens", "repeatParameters"],
    parameters: [
      ...beneath.parameters,
      { name: "repeatTokens", exponentialOf: "repeatTokens" },
      { name: "repeatParameters", exponentialOf: "repeatParameters" },
    ],
    logLoss(t, lnN, lnD, gradient, inputs) {
      const [alpha, beta] = [t[alphaAt]!, t[betaAt]!];
      // Without two falling terms no tokens have a best size.
      if (!(alpha > 0 && beta > 0)) return Number.NaN;
      const lnU = Math.min(inputs[0]!, lnD);
      const tokens = worth(lnD - lnU, t[tokensAt]!);
      const usable = lnUsable({ a: t[0]!, b: t[1]!, alpha, beta }, lnU);
      const excess = Math.max(lnN - usable, 0);
      const size = worth(excess, t[sizeAt]!);
      const effective = excess > 0 ? usable + size.log : lnN;
      const value = beneath.logLoss(t, effective, lnU + tokens.log, fresh, []);
      // Where the size is beyond what is usable, all on which that depends moves the effective size.
      const [n, d] = [-alpha * fresh[0]!, -beta * fresh[1]!];
      for (let j = 0; j < base; j++) gradient[j] = fresh[j]!;
      gradient[tokensAt] = d * tokens.decaySlope;
      gradient[sizeAt] = n * size.decaySlope;
      if (!(excess > 0)) return value;
      const moved = (n * (1 - size.slope)) / alpha;
      gradient[0]! += moved;
      gradient[1]! -= moved;
      gradient[alphaAt]! += moved * (1 / alpha - usable);
      gradient[betaAt]! += moved * (lnU - 1 / beta);
      return value;
    },
    recentre: (t, shiftN, shiftD) => [...beneath.recentre(t.slice(0, base), shiftN, shiftD), t[tokensAt]!, t[sizeAt]!],
    floor: beneath.floor,
    withFloor: (t: readonly number[], floor: number, scale: DataScale) => [
      ...beneath.withFloor!(t.slice(0, base), floor, scale),
      ...t.slice(base),
    ],
    starts: (scale, data) =>
      tied
        .starts(scale, data)
        .flatMap(([a, b, e, alpha]) =>
          product(START_DECAYS, START_DECAYS).map((decays) => [
            ...[a!, b!, e!, alpha!, ...(isTied ? [] : [alpha!])],
            ...decays.map(Math.log),
          ]),
        ),
    atBound(t, scale) {
      const without = (at: number) => !(t[at]! > Math.log(FASTEST) && t[at]! < Math.log(SLOWEST));
      if (without(tokensAt)) return "repeatTokens";
      if (without(sizeAt)) return "repeatParameters";
      return beneath.atBound(t.slice(0, base), scale);
    },
  };
};

/** ln of the parameters that so many unique tokens can use: αA/N^α = βB/U^β, the compute-optimal size for them. */
export const lnUsable = ({ a, b, alpha, beta }: Omit<Trade, "slope">, lnU: number): number =>
  (Math.log(alpha / beta) + a - b + beta * lnU) / alpha;

export const dataConstrained = constrained("data-constrained", chinchilla);
/** With α = β, as its authors fit it. */
export const dataConstrainedTied = constrained("data-constrained-tied", tied);

import type { Estimate } from "../types.js";
import type { JointFit } from "./record.js";

/**
 * The exponents of N* and D* that a joint fit is quoted by: amid all runs, from the lower of the ends of its fits' intervals to the upper one. Small runs need not
 * follow the law of larger ones, and which of the two fits is right nothing says.
 */
export const jointExponents = ({ parts }: JointFit): { readonly N: Estimate; readonly D: Estimate } => {
  const quoted = (name: "N" | "D"): Estimate => {
    const estimates = parts.map(({ exponents }) => exponents[name]);
    const low = Math.min(...estimates.map(({ ci95 }) => ci95[0]));
    const high = Math.max(...estimates.map(({ ci95 }) => ci95[1]));
    const widest = Math.max(...estimates.map(({ standardError }) => standardError));
    return { value: parts[0]!.exponents[name].value, standardError: widest, ci95: [low, high] };
  };
  return { N: quoted("N"), D: quoted("D") };
};

import {
  allocationExponents,
  deltaMethod,
  type Estimate,
  optimalAllocation,
  type Surface,
  type SurfaceFit,
} from "@isoflop/scaling";

/** y = coefficient · C^exponent (+ floor), the optimum of a surface under C = k·N·D. */
export interface AllocationLaw {
  readonly coefficient: Estimate;
  readonly logCoefficient: Estimate;
  readonly exponent: Estimate;
}

export interface AllocationLaws {
  readonly N: AllocationLaw;
  readonly D: AllocationLaw;
  /** L* = floor + coefficient · C^exponent; at its best under these forms it is exactly that. */
  readonly loss: AllocationLaw & { readonly floor: number };
}

type Statistic = (surface: Surface) => number;

const optimum = (surface: Surface, C: number) => {
  const best = optimalAllocation(surface, C);
  return best.ok ? best : { N: Number.NaN, D: Number.NaN, loss: Number.NaN };
};

/** E is exp θ[2] in the two forms that have a floor. */
const floorOf = ({ form, theta }: Surface): number =>
  form === "chinchilla" || form === "tied" ? Math.exp(theta[2]!) : 0;

const exponent: Readonly<Record<"N" | "D" | "loss", Statistic>> = {
  N: (surface) => allocationExponents(surface).N,
  D: (surface) => allocationExponents(surface).D,
  // A/N*^α and B/D*^β fall alike: αβ/(α+β), which is α times the exponent of N*.
  loss: (surface) => -sizeExponent(surface) * allocationExponents(surface).N,
};

/** α of the term that falls with N: θ[3] with a floor before it, θ[2] without; αN for Kaplan's. */
const sizeExponent = ({ form, theta }: Surface): number => theta[form === "chinchilla" || form === "tied" ? 3 : 2]!;

const logAt: Readonly<Record<"N" | "D" | "loss", (C: number) => Statistic>> = {
  N: (C) => (surface) => Math.log(optimum(surface, C).N),
  D: (C) => (surface) => Math.log(optimum(surface, C).D),
  loss: (C) => (surface) => Math.log(optimum(surface, C).loss - floorOf(surface)),
};

/** Compute under 6ND that buys what `C` buys where a parameter and a token cost `k` FLOPs. */
export const asSixND = (C: number, k: number): number => (C * 6) / k;

const logCoefficient =
  (name: "N" | "D" | "loss", C: number, k: number): Statistic =>
  (surface) =>
    logAt[name](asSixND(C, k))(surface) - exponent[name](surface) * Math.log(C);

/**
 * The three laws with delta-method errors; undefined where the surface has no optimum.
 * @param C a compute amid the data, where the optimum is evaluated
 * @param k of C = k·N·D
 */
export const allocationLaws = (fit: SurfaceFit, C: number, k: number): AllocationLaws | undefined => {
  if (!optimalAllocation(fit, C).ok) return undefined;
  const law = (name: "N" | "D" | "loss"): AllocationLaw => {
    const log = deltaMethod(fit, logCoefficient(name, C, k));
    const value = Math.exp(log.value);
    const ci95 = [Math.exp(log.ci95[0]), Math.exp(log.ci95[1])] as const;
    return {
      coefficient: { value, standardError: value * log.standardError, ci95 },
      logCoefficient: log,
      exponent: deltaMethod(fit, exponent[name]),
    };
  };
  return { N: law("N"), D: law("D"), loss: { ...law("loss"), floor: floorOf(fit) } };
};

/** The same numbers, for a bootstrap. */
export const allocationStatistics = (C: number, k: number): Readonly<Record<string, Statistic>> =>
  Object.fromEntries(
    (["N", "D", "loss"] as const).flatMap((name) => [
      [`${name}.exponent`, exponent[name]],
      [`${name}.logCoefficient`, logCoefficient(name, C, k)],
    ]),
  );

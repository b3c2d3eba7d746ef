import type { Arithmetic } from "./arithmetic.js";
import { DiffusionError } from "./errors.js";
import type { Coefficients } from "./path.js";
import type { Prediction } from "./prediction.js";

/**
 * A weight of the squared error of one prediction at time t. The objective carries it over to the space its error is
 * measured in, so a weighting means the same whatever the network predicts.
 */
export interface Weighting {
  readonly name: string;
  /** The prediction whose squared error is weighted; absent for the one the objective measures. */
  readonly on?: Prediction;
  /** A literal 1 costs nothing. */
  weight<T>(m: Arithmetic<T>, c: Coefficients<T>): T | number;
}

/** 1 on whatever error the objective measures. */
export const unweighted = (): Weighting => ({ name: "unweighted", weight: () => 1 });

/** 1 on the squared error of one prediction. On velocity it is SiT's "velocity" weighting. */
export const unweightedIn = (on: Prediction): Weighting => ({ name: `unweighted in ${on}`, on, weight: () => 1 });

const snr = <T>(m: Arithmetic<T>, { alpha, sigma }: Coefficients<T>): T => {
  const ratio = m.div(alpha, sigma);
  return m.mul(ratio, ratio);
};

const positive = (name: string, field: string, value: number): void => {
  if (!(Number.isFinite(value) && value > 0))
    throw new DiffusionError("option", `${name}: ${field} is ${value}; it must be a finite number above 0.`);
};

/** min(SNR, γ) on data (Hang et al., arXiv 2303.09556). @throws DiffusionError("option") unless gamma > 0 */
export const minSnr = (gamma = 5): Weighting => {
  positive("minSnr", "gamma", gamma);
  return { name: `min-SNR ${gamma}`, on: "data", weight: (m, c) => m.min(snr(m, c), gamma) };
};

/** 1 / (1 / SNR + σ_data²) on data: min-SNR without its corner (k-diffusion). @throws DiffusionError("option") unless sigmaData > 0 */
export const softMinSnr = (sigmaData = 1): Weighting => {
  positive("softMinSnr", "sigmaData", sigmaData);
  return {
    ...{ name: `soft min-SNR ${sigmaData}`, on: "data" },
    weight: (m, c) => m.div(1, m.add(m.div(1, snr(m, c)), sigmaData ** 2)),
  };
};

/** SNR + 1 / σ_data² on data (Karras et al., arXiv 2206.00364, table 1). @throws DiffusionError("option") unless sigmaData > 0 */
export const edmWeighting = (sigmaData = 0.5): Weighting => {
  positive("edmWeighting", "sigmaData", sigmaData);
  return { name: `EDM ${sigmaData}`, on: "data", weight: (m, c) => m.add(snr(m, c), sigmaData ** -2) };
};

/** sigmoid(bias - log SNR) on noise (Hoogeboom et al., arXiv 2410.19324). */
export const sigmoidWeighting = (bias = 0): Weighting => ({
  ...{ name: `sigmoid ${bias}`, on: "noise" },
  weight: (m, c) => m.div(1, m.add(1, m.mul(snr(m, c), Math.exp(-bias)))),
});

/** -½ d log SNR / dt on noise: the variational bound in continuous time (Kingma et al., arXiv 2107.00630). */
export const likelihoodWeighting = (): Weighting => ({
  ...{ name: "likelihood", on: "noise" },
  weight: (m, { alpha, sigma, alphaDot, sigmaDot }) => m.sub(m.div(sigmaDot, sigma), m.div(alphaDot, alpha)),
});

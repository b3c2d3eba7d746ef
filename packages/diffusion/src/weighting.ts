import type { Arithmetic } from "./arithmetic.js";
import { checkChoice, checkFinite, checkPositive } from "./checks.js";
import { type Prediction, predictions } from "./prediction.js";

/**
 * What a weight of 1 on the squared error of a prediction is as a weight of the error that is measured, at one time. Without an
 * argument: on the error in the objective's `errorIn`. A literal 1 costs nothing.
 */
export type UnitWeight<T> = (of?: Prediction) => T | number;

/**
 * A weight of the squared error at time t, put together from the weights of single predictions: it then means the same whatever
 * the network predicts, and is finite wherever its limit is. The signal-to-noise ratio is `unit("noise") / unit("data")`.
 */
export interface Weighting {
  readonly name: string;
  weight<T>(m: Arithmetic<T>, unit: UnitWeight<T>): T | number;
}

/** 1 on whatever error the objective measures. */
export const unweighted = (): Weighting => ({ name: "unweighted", weight: (_, unit) => unit() });

/** 1 on the squared error of one prediction. On velocity it is SiT's "velocity" weighting. @throws DiffusionError("option") for another name */
export const unweightedIn = (on: Prediction): Weighting => {
  checkChoice("unweightedIn: the prediction", on, predictions);
  return { name: `unweighted in ${on}`, weight: (_, unit) => unit(on) };
};

/** 1 / (1 / a + 1 / b): the smaller of two without a corner, 0 where one is and right where one is infinite. */
const harmonic = <T>(m: Arithmetic<T>, a: T | number, b: T | number): T => m.div(1, m.add(m.div(1, a), m.div(1, b)));

/** min(SNR, γ) on data (Hang et al., arXiv 2303.09556). @throws DiffusionError("option") unless gamma > 0 */
export const minSnr = (gamma = 5): Weighting => {
  checkPositive("minSnr: gamma", gamma);
  return { name: `min-SNR ${gamma}`, weight: (m, unit) => m.min(unit("noise"), m.mul(unit("data"), gamma)) };
};

/** 1 / (1 / SNR + σ_data²) on data: min-SNR without its corner (k-diffusion). @throws DiffusionError("option") unless sigmaData > 0 */
export const softMinSnr = (sigmaData = 1): Weighting => {
  checkPositive("softMinSnr: sigmaData", sigmaData);
  return {
    name: `soft min-SNR ${sigmaData}`,
    weight: (m, unit) => harmonic(m, unit("noise"), m.mul(unit("data"), sigmaData ** -2)),
  };
};

/** SNR + 1 / σ_data² on data (Karras et al., arXiv 2206.00364, table 1). @throws DiffusionError("option") unless sigmaData > 0 */
export const edmWeighting = (sigmaData = 0.5): Weighting => {
  checkPositive("edmWeighting: sigmaData", sigmaData);
  return {
    name: `EDM ${sigmaData}`,
    weight: (m, unit) => m.add(unit("noise"), m.mul(unit("data"), sigmaData ** -2)),
  };
};

/** sigmoid(bias - log SNR) on noise (Hoogeboom et al., arXiv 2410.19324). @throws DiffusionError("option") unless bias is finite */
export const sigmoidWeighting = (bias = 0): Weighting => {
  checkFinite("sigmoidWeighting: bias", bias);
  return {
    name: `sigmoid ${bias}`,
    weight: (m, unit) => harmonic(m, unit("noise"), m.mul(unit("data"), Math.exp(bias))),
  };
};

/**
 * -½ d log SNR / dt on noise: the variational bound in continuous time (Kingma et al., arXiv 2107.00630). It is the
 * geometric mean of 1 on velocity and 1 on score.
 */
export const likelihoodWeighting = (): Weighting => ({
  name: "likelihood",
  weight(m, unit) {
    const root = <T>(x: T | number) => (x === 1 ? 1 : m.sqrt(x as never));
    return m.mul(root(unit("velocity")), root(unit("score")));
  },
});

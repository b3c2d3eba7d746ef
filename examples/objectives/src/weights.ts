import { effectiveWeight, type Objective } from "@isoflop/diffusion";

/**
 * How much an objective counts an error of the data at a ratio of noise to signal, per e-fold of it: weight × density of times × dt / d log(σ / α). Times
 * an error of the data it is the loss; path, prediction and parameterization are no longer in it.
 */
export const weightAt = (aim: Objective, noise: number): number => {
  const t = aim.path.timeAt(noise);
  if (t <= 0 || t >= 1) return 0;
  const { alpha, sigma, alphaDot, sigmaDot } = aim.path.at(t);
  return effectiveWeight(aim, t, "data") / (sigmaDot / sigma - alphaDot / alpha);
};

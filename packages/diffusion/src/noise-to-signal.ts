import type { Tensor } from "@isoflop/tensor";
import { type Arithmetic, tensors } from "./arithmetic.js";
import { checkPath, checkTensor } from "./checks.js";
import type { Coefficients, Path } from "./path.js";

/** Noise to signal, sigma / alpha, at a time. */
export const ratioAt = (path: Path, t: number): number => {
  const { alpha, sigma } = path.at(t);
  return sigma / alpha;
};

/** d log(sigma / alpha) / dt. */
export const slopeAt = (path: Path, t: number): number => {
  const { alpha, sigma, alphaDot, sigmaDot } = path.at(t);
  return sigmaDot / sigma - alphaDot / alpha;
};

/** The time of another path at equal noise to signal. */
export const carriedTime = (from: Path, to: Path, t: number): number => (from === to ? t : to.timeAt(ratioAt(from, t)));

/** log(sigma / alpha), of numbers and tensors alike. */
export const logRatioOf = <T>(m: Arithmetic<T>, { alpha, sigma }: Coefficients<T>): T =>
  m.log(alpha === 1 ? (sigma as T) : m.div(sigma, alpha));

/**
 * How noisy x_t is at times t [n] of a path, log(sigma / alpha) [n]: what `logVariance` is a function of.
 * @throws DiffusionError("option") for what is no path, or one of tables that is not on a device, ("shape") for t that is no f32 tensor
 */
export const logNoise = (path: Path, t: Tensor): Tensor => {
  checkPath("logNoise", path);
  checkTensor("logNoise: t is", t);
  return logRatioOf(tensors, path.at(t));
};

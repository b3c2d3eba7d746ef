import type { Path } from "./path.js";

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

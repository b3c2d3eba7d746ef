import { must } from "../errors.js";
import type { Path } from "../path.js";

/** One step of an ancestral process, from a time to the one before it, in float64. */
export interface Rung {
  /** The noisier time, and the path there. */
  readonly t: number;
  readonly alpha: number;
  readonly sigma: number;
  /** The mean of the state before, given this one and the data: ofData · data + ofXt · x_t. */
  readonly ofData: number;
  readonly ofXt: number;
  /** Its log-variance; of the first step, where that is log 0, the second's. */
  readonly logSmall: number;
  /** The log-variance of what the step adds. */
  readonly logLarge: number;
}

/**
 * The steps of a process that goes through rising times, of which the first is data: DDPM's posteriors (Ho et al., arXiv 2006.11239, equations 6 and 7)
 * on any path, the same as those of betas on theirs.
 * @throws DiffusionError("singular") for a time with no noise, or no more than the one before
 */
export const ladder = (path: Path, times: readonly number[]): readonly Rung[] => {
  const places = times.map((t, i) => {
    const { alpha, sigma } = path.at(t);
    // Data themselves, whatever noise a path leaves at its first time.
    return i === 0 ? { t, alpha: 1, sigma: 0 } : { t, alpha: alpha as number, sigma: sigma as number };
  });
  const rungs = places.slice(1).map((to, i) => {
    const from = places[i]!;
    const kept = to.alpha / from.alpha;
    const added = to.sigma ** 2 - (kept * from.sigma) ** 2;
    must(
      added > 0,
      "singular",
      `discreteBound: the ${path.name} path adds no noise from t = ${from.t} to ${to.t}; it takes times that it does.`,
    );
    return {
      t: to.t,
      alpha: to.alpha,
      sigma: to.sigma,
      ofData: (from.alpha * added) / to.sigma ** 2,
      ofXt: (kept * from.sigma ** 2) / to.sigma ** 2,
      logSmall: Math.log((added * from.sigma ** 2) / to.sigma ** 2),
      logLarge: Math.log(added),
    };
  });
  const second = rungs[1]?.logSmall ?? rungs[0]!.logLarge;
  return rungs.map((rung, i) => (i === 0 ? { ...rung, logSmall: second } : rung));
};

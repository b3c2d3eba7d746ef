import { number, positive } from "@isoflop/spec";
import * as v from "valibot";
import { numbers } from "../arithmetic.js";
import { part } from "../checks.js";
import { defineDensity, type PathDensity } from "../density.js";
import { ratioAt, slopeAt } from "../noise-to-signal.js";
import { normalQuantile } from "../normal-quantile.js";
import { bisected } from "../path.js";

/** Share of a standard normal below z, from its quantile: to 1e-15 of the share that is closer. */
const normalShare = (z: number): number => {
  if (z === Number.POSITIVE_INFINITY) return 1;
  if (z === Number.NEGATIVE_INFINITY) return 0;
  return bisected((share) => normalQuantile(numbers, share), z);
};

/**
 * Noise to signal, σ / α, log-normal (EDM, arXiv 2206.00364, table 1: -1.2 and 1.2; EDM2, arXiv 2312.02696: -0.4 and 1), cut at the ends of the
 * path. On the linear path it is `logitNormal` of the same mean and std.
 * @throws DiffusionError("option") unless std > 0
 */
export const logNormalSigma = part({
  name: "logNormalSigma",
  options: { mean: v.optional(number(), -1.2), std: v.optional(positive, 1.2) },
  build: ({ mean, std }): PathDensity => ({
    name: `log-normal sigma(${mean}, ${std})`,
    on(path) {
      const shareAt = (t: number): number => normalShare((Math.log(ratioAt(path, t)) - mean) / std);
      const [low, high] = [shareAt(0), shareAt(1)];
      return defineDensity(
        `log-normal sigma(${mean}, ${std}) on the ${path.name} path`,
        (m, u) => {
          const share = low === 0 && high === 1 ? u : m.add(m.mul(u, high - low), low);
          const ratio = m.exp(m.add(m.mul(normalQuantile(m, share), std), mean));
          return path.timeAt(ratio as never) as never;
        },
        (t) => {
          const z = (Math.log(ratioAt(path, t)) - mean) / std;
          return (Math.exp(-(z ** 2) / 2) * slopeAt(path, t)) / (std * Math.sqrt(2 * Math.PI) * (high - low));
        },
      );
    },
  }),
});

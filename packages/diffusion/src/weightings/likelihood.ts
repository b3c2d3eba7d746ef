import { part } from "../checks.js";
import type { Weighting } from "../weighting.js";

/**
 * -½ d log SNR / dt on noise: the variational bound in continuous time (Kingma et al., arXiv 2107.00630). It is the
 * geometric mean of 1 on velocity and 1 on score.
 */
export const likelihoodWeighting = part({
  name: "likelihood",
  build: (): Weighting => ({
    name: "likelihood",
    weight(m, unit) {
      const root = <T>(x: T | number) => (x === 1 ? 1 : m.sqrt(x as never));
      return m.mul(root(unit("velocity")), root(unit("score")));
    },
  }),
});

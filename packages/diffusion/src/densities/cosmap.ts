import { part } from "../checks.js";
import { defineDensity } from "../density.js";

/** Uniform in the angle of the cosine path, carried to the linear one by equal SNR (SD3, arXiv 2403.03206, equation 21): what `carried` makes there of its uniform times. */
export const cosmap = part({
  name: "cosmap",
  build: () =>
    defineDensity(
      "cosmap",
      (m, u) => {
        const angle = m.mul(u, Math.PI / 2);
        const sine = m.sin(angle);
        return m.div(sine, m.add(sine, m.cos(angle)));
      },
      (t) => 2 / (Math.PI * (1 - 2 * t + 2 * t * t)),
    ),
});

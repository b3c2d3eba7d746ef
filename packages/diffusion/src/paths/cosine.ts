import { arctangent } from "../arithmetic.js";
import { part } from "../checks.js";
import { definePath } from "../path.js";

/** Variance-preserving with cos and sin of π t / 2: SiT's "GVP". */
export const cosinePath = part({
  name: "cosine",
  build: () =>
    definePath(
      "cosine",
      (m, t) => {
        // The cosine as a sine of what is left, so that it has all its digits near noise and is 0 there.
        const alpha = m.sin(m.mul(m.sub(1, t), Math.PI / 2));
        const sigma = m.sin(m.mul(t, Math.PI / 2));
        return { alpha, sigma, alphaDot: m.mul(sigma, -Math.PI / 2), sigmaDot: m.mul(alpha, Math.PI / 2) };
      },
      (m, ratio) => m.mul(arctangent(m, ratio), 2 / Math.PI),
    ),
});

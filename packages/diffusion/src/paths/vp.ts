import { positive } from "@isoflop/spec";
import * as v from "valibot";
import { type Arithmetic, log1p } from "../arithmetic.js";
import { part } from "../checks.js";
import { must } from "../errors.js";
import { type Coefficients, definePath } from "../path.js";

/**
 * Variance-preserving with a linear rate β from `betaMin` to `betaMax` (arXiv 2011.13456, equation 33). At t = 0 sigma
 * is 0 and its derivative infinite.
 *
 * @throws DiffusionError("option") unless 0 < betaMin <= betaMax
 */
export const vpPath = part({
  name: "vp",
  options: { betaMin: v.optional(positive, 0.1), betaMax: v.optional(positive, 20) },
  build({ betaMin, betaMax }) {
    const given = `betas are ${betaMin} and ${betaMax}`;
    must(betaMin <= betaMax, "option", `vpPath: ${given}; it takes 0 < betaMin <= betaMax.`);
    // -log alpha at the ratio r is log(1 + r²) / 2, and quadratic in t.
    const timeAt = <T>(m: Arithmetic<T>, ratio: T): T => {
      const twice = log1p(m, m.mul(ratio, ratio));
      const root = m.sqrt(m.add(m.mul(twice, (betaMax - betaMin) / 2), betaMin ** 2 / 4));
      return m.div(twice, m.add(root, betaMin / 2));
    };
    const at = <T>(m: Arithmetic<T>, t: T): Coefficients<T> => {
      const beta = m.add(m.mul(t, betaMax - betaMin), betaMin);
      // -log alpha. By its tanh, 1 - alpha² keeps its digits where alpha is near 1.
      const decay = m.mul(t, m.add(m.mul(t, (betaMax - betaMin) / 4), betaMin / 2));
      const h = m.tanh(decay);
      const alpha = m.exp(m.mul(decay, -1));
      const sigma = m.sqrt(m.div(m.mul(h, 2), m.add(h, 1)));
      const halfRate = m.mul(beta, 0.5);
      const sigmaSigmaDot = m.mul(m.mul(alpha, alpha), halfRate);
      const alphaDot = m.mul(m.mul(alpha, halfRate), -1);
      return { alpha, sigma, alphaDot, sigmaDot: m.div(sigmaSigmaDot, sigma), sigmaSigmaDot };
    };
    return definePath("vp", at, timeAt);
  },
});

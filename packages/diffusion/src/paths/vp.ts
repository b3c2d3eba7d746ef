import { positive } from "@isoflop/spec";
import * as v from "valibot";
import { part } from "../checks.js";
import { must } from "../errors.js";
import { definePath } from "../path.js";

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
    return definePath("vp", (m, t) => {
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
    });
  },
});

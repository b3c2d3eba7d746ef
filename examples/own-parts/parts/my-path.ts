import { definePath } from "@isoflop/diffusion";
import { kind, positive } from "@isoflop/spec";
import * as v from "valibot";

/**
 * The sub-VP path (arXiv 2011.13456, equation 29): alpha = exp(−∫β/2) as in VP, and sigma = 1 − alpha², below VP's everywhere. Its sigma has a
 * finite derivative at t = 0, where that of VP is infinite.
 */
export const path = kind({
  name: "subVp",
  about: "sub-variance-preserving, linear β",
  options: { betaMin: v.optional(positive, 0.1), betaMax: v.optional(positive, 20) },
  build: ({ betaMin, betaMax }) =>
    definePath("sub-VP", (m, t) => {
      const beta = m.add(m.mul(t, betaMax - betaMin), betaMin);
      const decay = m.mul(t, m.add(m.mul(t, (betaMax - betaMin) / 4), betaMin / 2));
      const alpha = m.exp(m.mul(decay, -1));
      // 1 − alpha² by its tanh keeps its digits where alpha is near 1.
      const h = m.tanh(decay);
      const sigma = m.div(m.mul(h, 2), m.add(h, 1));
      const alphaDot = m.mul(m.mul(alpha, beta), -0.5);
      return { alpha, sigma, alphaDot, sigmaDot: m.mul(m.mul(alpha, alphaDot), -2) };
    }),
});

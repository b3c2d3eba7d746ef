import { number, positive } from "@isoflop/spec";
import * as v from "valibot";
import { part } from "../checks.js";
import { byRatio, defineGrid, onPath, type TimeGrid } from "../grid.js";

/**
 * EDM's: equal steps of (sigma / alpha)^(1/rho) from sigmaMax to sigmaMin, or what the path has of them, and one to data (Karras et al., arXiv 2206.00364,
 * equation 5).
 * @throws DiffusionError("option") unless rho is at least 1, sigmaMin above 0 and sigmaMax above it
 */
export const karrasGrid = part({
  name: "karras",
  options: {
    rho: v.optional(number({ atLeast: 1 }), 7),
    sigmaMin: v.optional(positive, 0.002),
    sigmaMax: v.optional(positive, 80),
  },
  build: ({ rho, ...range }): TimeGrid =>
    defineGrid("karras", (path, steps) => {
      const { sigmaMin, sigmaMax } = onPath("karras", path, range);
      const [from, to] = [sigmaMax ** (1 / rho), sigmaMin ** (1 / rho)];
      return byRatio(path, steps, { sigmaMin, sigmaMax }, (share) => (from + share * (to - from)) ** rho);
    }),
});

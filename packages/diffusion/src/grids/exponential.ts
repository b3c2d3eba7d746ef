import { positive } from "@isoflop/spec";
import * as v from "valibot";
import { part } from "../checks.js";
import { byRatio, defineGrid, onPath, type TimeGrid } from "../grid.js";

/**
 * Equal steps of log(sigma / alpha) from sigmaMax to sigmaMin, or what the path has of them, and one to data: k-diffusion's "exponential", and with 0.02 and
 * 100 EDM's "ve" (arXiv 2206.00364, table 1).
 * @throws DiffusionError("option") unless sigmaMin is above 0 and sigmaMax above it
 */
export const exponentialGrid = part({
  name: "exponential",
  options: { sigmaMin: v.optional(positive, 0.002), sigmaMax: v.optional(positive, 80) },
  build: (range): TimeGrid =>
    defineGrid("exponential", (path, steps) => {
      const { sigmaMin, sigmaMax } = onPath("exponential", path, range);
      const at = (share: number): number => sigmaMax * (sigmaMin / sigmaMax) ** share;
      return byRatio(path, steps, { sigmaMin, sigmaMax }, at);
    }),
});

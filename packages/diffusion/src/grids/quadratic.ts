import { part } from "../checks.js";
import type { TimeGrid } from "../grid.js";
import { between, evenly } from "./uniform.js";

/**
 * Equal steps of the root of time, so that they are shorter near data (DDIM, arXiv 2010.02502, appendix D.2, whose `first` is 0.8), and one to data if
 * `last` is above 0.
 * @throws DiffusionError("option") unless 0 <= last < first <= 1
 */
export const quadraticGrid = part({
  name: "quadratic",
  options: between,
  build: (options): TimeGrid => evenly("quadratic", options, Math.sqrt, (root) => root ** 2),
});

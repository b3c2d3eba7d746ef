import type { SurfaceObjective } from "./objective.js";

/** Degrees of freedom of the errors; four is the usual compromise between outliers and efficiency (Lange, Little & Taylor 1989, JASA 84:881). */
const FREEDOM = 4;

/**
 * Errors of ln L from Student's t with four degrees of freedom: ρ = (ν + 1)/2 · s² ln(1 + r² / νs²), in units in which small errors count
 * as in log-squares up to (ν + 1)/ν. A run that is far off hardly counts. Its scale s is that of the bulk of the residuals.
 */
export const student: SurfaceObjective = {
  name: "student",
  meaning: "log-likelihood of Student's t with 4 degrees of freedom for ln L̂ − ln L: for data with outliers",
  scale: "log",
  squares: false,
  width: { meaning: "scale of the errors, in units of ln L", fallback: { deviations: 1 } },
  value: (r, s) => ((FREEDOM + 1) / 2) * s * s * Math.log1p((r * r) / (FREEDOM * s * s)),
  slope: (r, s) => ((FREEDOM + 1) * r) / (FREEDOM + (r * r) / (s * s)),
  // The expected information of Student's t in place of ρ″, which is negative far out: (ν + 1)/(ν + 3).
  curvature: () => (FREEDOM + 1) / (FREEDOM + 3),
};

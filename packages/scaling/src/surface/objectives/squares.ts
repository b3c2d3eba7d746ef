import type { SurfaceObjective } from "./objective.js";

/** Least squares of ln L: maximum likelihood where a run's relative error is normal and alike. The default: its intervals cover. */
export const logSquares: SurfaceObjective = {
  name: "log-squares",
  meaning: "squares of ln L̂ − ln L",
  scale: "log",
  squares: true,
  value: (r) => 0.5 * r * r,
  slope: (r) => r,
  curvature: () => 1,
};

/** Least squares of L; by variable projection where the form has power terms. */
export const squares: SurfaceObjective = {
  name: "squares",
  meaning: "squares of L̂ − L",
  scale: "raw",
  squares: true,
  value: (r) => r * r,
  slope: (r) => 2 * r,
  curvature: () => 2,
};

import type { SurfaceObjective } from "./objective.js";

/**
 * Asymmetric least squares of ln L (expectiles: Newey & Powell 1987, Econometrica 55:819). A run that was tuned badly has too high a loss and
 * never too low a one, so the surface of well-tuned runs lies towards the lower edge of what was measured: where L̂ is above a run it
 * counts `width` times. Its floor and level are those of that edge, not of the mean run.
 */
export const asymmetric: SurfaceObjective = {
  name: "asymmetric",
  meaning: "squares of ln L̂ − ln L, counted several times where L̂ is too high: for runs that were not all tuned",
  scale: "log",
  squares: false,
  width: { meaning: "how many times an over-estimate counts", fallback: 4 },
  value: (r, times) => 0.5 * (r > 0 ? times : 1) * r * r,
  slope: (r, times) => (r > 0 ? times : 1) * r,
  curvature: (r, times) => (r > 0 ? times : 1),
};

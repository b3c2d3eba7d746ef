import type { SurfaceObjective } from "./objective.js";

/**
 * Huber's loss of ln L̂ − ln L (Hoffmann et al. 2203.15556, Approach 3; δ = 1e-3 there). Its corner is far below the residuals, so the
 * curvature would rest on the few points inside it; like median regression it takes Powell's kernel instead, ψ′ ≈ δ/h for |r| < h,
 * with Silverman's width on a robust scale.
 */
export const logHuber: SurfaceObjective = {
  name: "log-huber",
  meaning: "Huber of ln L̂ − ln L with corner δ (Hoffmann et al. 2022)",
  scale: "log",
  squares: false,
  width: { meaning: "corner of the Huber loss, in units of ln L", fallback: 1e-3 },
  value: (r, delta) => {
    const size = Math.abs(r);
    return size <= delta ? 0.5 * r * r : delta * (size - 0.5 * delta);
  },
  slope: (r, delta) => Math.max(-delta, Math.min(delta, r)),
  curvature: (r, delta, typical, points) => {
    const bandwidth = Math.max(delta, 1.06 * 1.4826 * typical * points ** -0.2);
    return Math.abs(r) < bandwidth ? Math.min(1, delta / bandwidth) : 0;
  },
  caution:
    "intervals of log-huber by the delta method hold the truth in 85 to 93 % of simulated studies, not 95 %: quote its bootstrap, or log-squares",
};

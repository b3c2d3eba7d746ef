import { estimate, exponentiate } from "../../inference/estimate.js";
import { fitParabola } from "../../isoflop/parabola.js";
import { extent } from "../../math/extent.js";
import { logarithms } from "../../math/logarithms.js";
import { type Estimate, type Outcome, refuse } from "../../types.js";

/** Best value of a hyperparameter from a sweep of losses: the vertex of a parabola in its logarithm, or a refusal. */
export const hyperparameterOptimum = (
  values: readonly number[],
  losses: readonly number[],
): Outcome<{
  readonly optimum: Estimate;
  readonly loss: Estimate;
  readonly curvature: Estimate;
  /** What being off by a factor of two adds to the loss: κ (ln 2)². */
  readonly factor2: Estimate;
}> => {
  const logs = logarithms("value", values);
  const distinct = new Set(logs).size;
  if (distinct < 4) return refuse("too-few-points", `${distinct} distinct values; a minimum with an error needs four`);
  const parabola = fitParabola(logs, losses);
  if (!parabola || !(parabola.curvature.value > 0))
    return refuse("not-convex", "the loss has no minimum in the logarithm of the value");
  const [low, high] = extent(logs);
  const best = parabola.x.value;
  if (best < low || best > high)
    return refuse("edge-minimum", `the best value, ${Math.exp(best).toPrecision(3)}, lies outside the sweep`);
  const { curvature } = parabola;
  return {
    ok: true,
    optimum: exponentiate(parabola.x),
    loss: parabola.y,
    curvature,
    factor2: estimate(
      curvature.value * Math.LN2 ** 2,
      curvature.standardError * Math.LN2 ** 2,
      parabola.degreesOfFreedom,
    ),
  };
};

import { type ParabolaOptions, parabolaAndResponse } from "../parabola.js";
import { type Curve, type CurveOptions, type Found, MINIMUM_SIZES, type OptimumMethod } from "./method.js";
import { few, outside } from "./within.js";

/** The vertex of a parabola by least squares or Huber's M-estimate. */
export const vertexOf = (curve: Curve, options: CurveOptions, loss: ParabolaOptions["loss"]): Found => {
  const { x, y, sigma, weights } = curve;
  const found = parabolaAndResponse(x, y, { loss, huberDelta: options.huberDelta, sigma, weights });
  if (!found) return { problem: few };
  const { parabola, response } = found;
  const { curvature } = parabola;
  const problem =
    curvature.value > 0
      ? outside(parabola.x.value, curve, options)
      : {
          status: "not-convex" as const,
          message: `the loss has no minimum in ln ${options.axis}: curvature ${curvature.value.toPrecision(3)}`,
        };
  return { x: parabola.x, y: parabola.y, problem, parabola, response };
};

/** Least squares (Hoffmann et al. 2022, Approach 2). */
export const parabola: OptimumMethod = {
  name: "parabola",
  noun: "parabola",
  words: "the fitted parabolas",
  minimumSizes: MINIMUM_SIZES,
  find: (curve, options) => vertexOf(curve, options, "squared"),
};

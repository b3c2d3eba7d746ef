import { akimaMinimum, akimaSpline, averageRepeats } from "../akima.js";
import { bare, type Curve, MINIMUM_SIZES, type OptimumMethod } from "./method.js";

/** Minimum of an Akima spline through the sizes (Porian et al. 2406.19146). It says nothing of its errors. */
export const akima: OptimumMethod = {
  name: "akima",
  noun: "Akima spline",
  words: "the Akima splines",
  minimumSizes: MINIMUM_SIZES,
  find({ x, y }, { axis }) {
    const found = akimaMinimum(x, y);
    const message = `the smallest loss is at the end of the sampled range of ${axis}`;
    const fitted = knots({ x, y });
    if (!found) return { problem: { status: "edge-minimum", message }, fitted };
    const problem = found.edge ? ({ status: "edge-minimum", message } as const) : undefined;
    return { x: bare(found.x), y: bare(found.y), problem, fitted };
  },
  value(fitted, at) {
    const half = fitted.length / 2;
    return akimaSpline(fitted.slice(0, half), fitted.slice(half)).at(at);
  },
};

/** All x, then all y. */
const knots = (curve: Curve): number[] => {
  const { x, y } = averageRepeats(curve.x, curve.y);
  return [...x, ...y];
};

import { extent } from "../../math/extent.js";
import type { Curve, CurveOptions, Problem } from "./method.js";

/** The refusal of a minimum outside the sampled sizes. */
export const outside = (x: number, curve: Curve, { axis }: CurveOptions): Problem | undefined => {
  const [low, high] = extent(curve.x);
  if (x >= low && x <= high) return undefined;
  const vertex = `${axis} = ${Math.exp(x).toPrecision(4)}`;
  return { status: "edge-minimum", message: `the minimum, ${vertex}, lies outside the sampled range` };
};

export const few: Problem = { status: "too-few-sizes", message: "N or D has fewer than three distinct values" };

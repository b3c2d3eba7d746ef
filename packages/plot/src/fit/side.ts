import { type Axis, scaleOf } from "../figures/axis.js";

/** The side of a point on which words have more room. */
export const sideOf = (axis: Axis, value: number): "left" | "right" =>
  scaleOf(axis, 0, 1)(value) > 0.6 ? "left" : "right";

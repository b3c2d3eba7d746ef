import { MINIMUM_SIZES, type OptimumMethod } from "./method.js";
import { vertexOf } from "./parabola.js";

/** The parabola by Huber's M-estimate: an outlier has a bounded pull. */
export const huber: OptimumMethod = {
  name: "huber",
  noun: "Huber parabola",
  words: "the fitted parabolas, by Huber's estimate",
  minimumSizes: MINIMUM_SIZES,
  find: (curve, options) => vertexOf(curve, options, "huber"),
};

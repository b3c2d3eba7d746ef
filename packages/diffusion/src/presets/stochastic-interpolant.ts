import { nameOrRecord } from "@isoflop/spec";
import * as v from "valibot";
import { paths } from "../paths.js";
import { predictionSchema } from "../prediction.js";
import { preset } from "./preset.js";

/** SiT (Ma et al., arXiv 2401.08740): velocity on a path, linear unless told, at uniform times. */
export const stochasticInterpolant = preset({
  name: "stochasticInterpolant",
  about: "SiT: velocity on any path, uniform times",
  options: { path: v.optional(nameOrRecord(paths), "linear"), prediction: v.optional(predictionSchema, "velocity") },
  parts: ({ path, prediction }) => ({ path, prediction, density: "uniform" }),
});

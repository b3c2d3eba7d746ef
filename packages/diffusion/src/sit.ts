import { neg, sub, type Tensor } from "@isoflop/tensor";
import type { Denoiser } from "./objective.js";
import type { Prediction } from "./prediction.js";

/**
 * SiT, flow_matching and JiT run the clock the other way: t = 0 is noise, t = 1 data, and velocity points to the data. This makes a denoiser of
 * this package from a network trained there: t becomes 1 - t, and a velocity changes its sign; other predictions stay.
 */
export const fromSiT =
  (model: Denoiser, prediction: Prediction = "velocity"): Denoiser =>
  (x, t): Tensor => {
    const output = model(x, sub(1, t));
    return prediction === "velocity" ? neg(output) : output;
  };

import { neg, sub, type Tensor } from "@isoflop/tensor";
import { check, checkNetwork, checkPrediction } from "./checks.js";
import type { Denoiser } from "./objective.js";
import { type Prediction, predictionSchema } from "./prediction.js";

/**
 * SiT, LightningDiT, flow_matching and JiT run the clock the other way: t = 0 is noise, t = 1 data, and velocity points to the data. This makes
 * a denoiser of this package from a network trained there: t becomes 1 - t, and a velocity changes its sign; other
 * predictions stay. REPA runs the clock as this package does.
 *
 * The clock is one thing, its scale another: all of these, REPA too, feed t in 0..1 to the sines, DiT, SD3 and Flux 1000 times as much.
 * A network of `@isoflop/dit` that holds their weights needs `timeScale: 1` in its config.
 * @throws DiffusionError("option") for a prediction of another name
 */
export const fromSiT = (model: Denoiser, prediction: Prediction = "velocity"): Denoiser => {
  checkNetwork("fromSiT", model);
  check(predictionSchema, prediction, "fromSiT: prediction");
  return (x, t): Tensor => {
    const output = model(x, sub(1, t));
    checkPrediction(output, x);
    return prediction === "velocity" ? neg(output) : output;
  };
};

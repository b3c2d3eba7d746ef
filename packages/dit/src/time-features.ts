import { concat, cos, sin, type Tensor } from "@isoflop/tensor";
import { frequencies, phases } from "./frequencies.js";

/** Length of the features in the official code. */
export const featureCount = 256;

/** Cosines, then sines of timeScale · t at 128 frequencies 10000^(-i / 128): t [n] to [n, 256]. The scale is as in a config. */
export const timeFeatures = (t: Tensor, timeScale = 1000): Tensor => {
  const angles = phases(t.mul(timeScale), frequencies(featureCount / 2));
  return concat([cos(angles), sin(angles)], 1);
};

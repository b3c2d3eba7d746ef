import { concat, cos, sin, type Tensor } from "@isoflop/tensor";
import { frequencies, phases } from "./frequencies.js";

/** Length of the features in the official code. */
export const featureCount = 256;

/** Time is 0 to 1 outside and 0 to 1000 inside, as in SD3 and Flux. */
const timeScale = 1000;

/** Cosines, then sines of 1000 t at 128 frequencies 10000^(-i / 128): t [n] to [n, 256]. */
export const timeFeatures = (t: Tensor): Tensor => {
  const angles = phases(t.mul(timeScale), frequencies(featureCount / 2));
  return concat([cos(angles), sin(angles)], 1);
};

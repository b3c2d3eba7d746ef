import { concat, cos, sin, type Tensor } from "@isoflop/tensor";
import { frequencies, phases } from "./frequencies.js";

/**
 * Cosines, then sines of timeScale · t at count / 2 frequencies 10000^(-2i / count): t [n] to [n, count]. Scale and count are a config's
 * `timeScale` and `timeFeatures`, and its defaults.
 */
export const timeFeatures = (t: Tensor, timeScale = 1000, count = 256): Tensor => {
  const angles = phases(t.mul(timeScale), frequencies(count / 2));
  return concat([cos(angles), sin(angles)], 1);
};

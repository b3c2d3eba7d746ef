import { concat, cos, sin, type Tensor } from "@isoflop/tensor";
import { must, shown } from "./errors.js";
import { frequencies, phases } from "./frequencies.js";

/**
 * Cosines, then sines of timeScale · t at count / 2 frequencies 10000^(-2i / count): t [n] to [n, count]. Scale and count are a config's
 * `timeScale` and `timeFeatures`, and its defaults.
 * @throws DitError("shape") for t that is no f32 [n], ("config") for a scale that is not finite or above 0, or a count that is not even
 */
export const timeFeatures = (t: Tensor, timeScale = 1000, count = 256): Tensor => {
  const given = t?.shape ? `${t.dtype}${shown(t.shape)}` : t;
  must(t?.dtype === "f32" && t.rank === 1, "shape", `t is ${given}; it takes f32[n].`);
  const scales = Number.isFinite(timeScale) && timeScale > 0;
  must(scales, "config", `timeScale is ${timeScale}; it must be a finite number above 0.`);
  const even = Number.isInteger(count / 2) && count > 0;
  must(even, "config", `count is ${count}; it must be an even whole number of at least 2.`);
  const angles = phases(t.mul(timeScale), frequencies(count / 2));
  return concat([cos(angles), sin(angles)], 1);
};

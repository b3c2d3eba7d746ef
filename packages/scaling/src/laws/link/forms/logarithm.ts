import { leastSquares } from "../../../math/linear.js";
import type { LinkForm } from "../form.js";

/** Bits of an image against a mean squared error: those of a Gaussian go as the logarithm of its variance. */
export const logarithm: LinkForm = {
  name: "logarithm",
  formula: "m = level + slope · ln L",
  options: {},
  parameters: () => ["level", "slope"],
  value: ([level, slope], loss) => level! + slope! * Math.log(loss),
  starts: (loss, metric) => {
    const fit = leastSquares(
      loss.map((v) => [1, Math.log(v)]),
      metric,
    );
    return fit ? [[...fit.coefficients]] : [];
  },
};

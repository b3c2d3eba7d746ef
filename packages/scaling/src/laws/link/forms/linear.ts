import { leastSquares } from "../../../math/linear.js";
import type { LinkForm } from "../form.js";

/** A loss on other data against the loss, over a short range; a tangent of any link. */
export const linear: LinkForm = {
  name: "linear",
  formula: "m = level + slope · L",
  options: {},
  parameters: () => ["level", "slope"],
  value: ([level, slope], loss) => level! + slope! * loss,
  starts: (loss, metric) => {
    const fit = leastSquares(
      loss.map((v) => [1, v]),
      metric,
    );
    return fit ? [[...fit.coefficients]] : [];
  },
};

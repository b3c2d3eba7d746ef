import * as v from "valibot";
import { extent } from "../../../math/extent.js";
import { share } from "../choices.js";
import type { LinkForm } from "../form.js";

/** ln(1 + e^v). */
const softplus = (value: number): number => Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)));

/** A metric that stands at chance until the loss is low enough, and rises on a straight line from there. */
export const softplusForm: LinkForm = {
  name: "softplus",
  formula: "m = chance + slope · width · ln(1 + e^((centre − L) / width)), width = e^lnWidth",
  options: {
    chance: v.exactOptional(share("the metric of a model that knows nothing; fitted where it is not given")),
  },
  parameters: ({ chance }) => ["slope", "centre", "lnWidth", ...(chance === undefined ? ["chance"] : [])],
  value: ([slope, centre, lnWidth, fitted], loss, { chance = fitted }) => {
    const width = Math.exp(lnWidth!);
    return chance! + slope! * width * softplus((centre! - loss) / width);
  },
  starts: (loss, metric, { chance }) => {
    const [low, high] = extent(metric);
    const [first, last] = extent(loss);
    return [0.02, 0.1, 0.4].flatMap((width) =>
      [0.2, 0.5, 0.8, 1.2].map((place) => {
        const centre = first + place * (last - first);
        const slope = (high - (chance ?? low)) / (centre - first);
        return [slope, centre, Math.log(width * (last - first)), ...(chance === undefined ? [low] : [])];
      }),
    );
  },
};

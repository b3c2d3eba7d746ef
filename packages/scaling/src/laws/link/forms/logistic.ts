import * as v from "valibot";
import { extent } from "../../../math/extent.js";
import { share } from "../choices.js";
import type { LinkForm } from "../form.js";

/** Accuracy, which rises from chance to its ceiling as the loss falls. */
export const logistic: LinkForm = {
  name: "logistic",
  formula: "m = chance + (ceiling − chance) / (1 + e^(gamma · (L − centre)))",
  options: {
    chance: v.exactOptional(
      share("the metric of a model that knows nothing, as 1/classes; fitted where it is not given"),
    ),
    ceiling: v.exactOptional(share("the metric of a perfect model, as 1; fitted where it is not given")),
  },
  parameters: ({ chance, ceiling }) => [
    "gamma",
    "centre",
    ...(chance === undefined ? ["chance"] : []),
    ...(ceiling === undefined ? ["ceiling"] : []),
  ],
  value: (theta, loss, choices) => {
    const [gamma, centre, ...ends] = theta;
    const low = choices.chance ?? ends[0]!;
    const high = choices.ceiling ?? ends.at(-1)!;
    return low + (high - low) / (1 + Math.exp(gamma! * (loss - centre!)));
  },
  starts: (loss, metric, { chance, ceiling }) => {
    const [low, high] = extent(metric);
    const [first, last] = extent(loss);
    const pad = 0.05 * (high - low || 1);
    const ends = [...(chance === undefined ? [low - pad] : []), ...(ceiling === undefined ? [high + pad] : [])];
    // A metric whose ends are given may show but one tail of the curve.
    const places = ends.length === 2 ? [0.3, 0.5, 0.7] : [-1, -0.3, 0.3, 0.7, 1.3, 2];
    return [2, 6, 15].flatMap((steep) =>
      places.map((place) => [steep / (last - first), first + place * (last - first), ...ends]),
    );
  },
};

import { part } from "../checks.js";
import { type Prediction, predictionSchema } from "../prediction.js";
import type { Weighting } from "../weighting.js";

/** 1 on whatever error the objective measures. */
export const unweighted = part({
  name: "none",
  build: (): Weighting => ({ name: "unweighted", weight: (_, unit) => unit() }),
});

/** 1 on the squared error of one prediction. On velocity it is SiT's "velocity" weighting. @throws DiffusionError("option") for another name */
export const unweightedIn = part({
  name: "unweightedIn",
  options: { on: predictionSchema },
  named: (on: Prediction) => ({ on }),
  build: ({ on }): Weighting => ({ name: `unweighted in ${on}`, weight: (_, unit) => unit(on) }),
});

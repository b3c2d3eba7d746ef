import { choice, kind } from "@isoflop/spec";
import { maker } from "../checks.js";
import { type Prediction, predictions } from "../prediction.js";
import type { Weighting } from "../weighting.js";

export const unweightedKind = kind({
  name: "none",
  options: {},
  build: (): Weighting => ({ name: "unweighted", weight: (_, unit) => unit() }),
});

export const unweightedInKind = kind({
  name: "unweightedIn",
  options: { on: choice(predictions) },
  build: ({ on }): Weighting => ({ name: `unweighted in ${on}`, weight: (_, unit) => unit(on) }),
});

const makeIn = maker(unweightedInKind);

/** 1 on whatever error the objective measures. */
export const unweighted = maker(unweightedKind, "unweighted");

/** 1 on the squared error of one prediction. On velocity it is SiT's "velocity" weighting. @throws DiffusionError("option") for another name */
export const unweightedIn = (on: Prediction): Weighting => makeIn({ on });

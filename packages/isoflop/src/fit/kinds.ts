import { approach1 } from "./approach1/kind.js";
import { hyperparameter } from "./hyperparameter/kind.js";
import { isoflop } from "./isoflop/kind.js";
import { joint } from "./joint/kind.js";
import type { FitKind } from "./kind.js";
import { law } from "./law/kind.js";
import { link } from "./link/kind.js";
import { rollout } from "./rollout/kind.js";
import { schedule } from "./schedule/kind.js";
import { shared } from "./shared/kind.js";
import { surface } from "./surface/kind.js";

/** Every kind of fit by the name of its record. A new one is its folder and a line here: it is then saved, read, predicted with and drawn. */
export const fitKinds = {
  isoflop,
  approach1,
  surface,
  rollout,
  joint,
  shared,
  law,
  hyperparameter,
  link,
  schedule,
} as const;

type FitOf<K> = K extends FitKind<infer F> ? F : never;

/** What a command of `isoflop fit` finds: a record of `@isoflop/scaling`. */
export type Fit = FitOf<(typeof fitKinds)[keyof typeof fitKinds]>;

export const kindNames = Object.keys(fitKinds) as readonly Fit["record"][];

export const kindOf = ({ record }: Pick<Fit, "record">): FitKind<Fit> => fitKinds[record];

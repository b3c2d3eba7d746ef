import type { Named } from "@isoflop/spec";
import type * as v from "valibot";

/** What a form was told, by the name of the option: `chance`, the metric of a model that knows nothing, `ceiling`, that of a perfect one. */
export type LinkChoices = Readonly<Partial<Record<string, number>>>;

/** A form of link, metric = f(loss): one file in `forms/` and a line in its `index.ts`; one from outside joins by `linkForms.add`. */
export interface LinkForm extends Named {
  /** "m = k · L^gamma" */
  readonly formula: string;
  /** Options of its fit: their checks and defaults. */
  readonly options: v.ObjectEntries;
  /** Names of θ, where these choices are made. */
  parameters(choices: LinkChoices): readonly string[];
  value(theta: readonly number[], loss: number, choices: LinkChoices): number;
  /** Where the search begins: losses that are not all equal, and their metrics. */
  starts(loss: readonly number[], metric: readonly number[], choices: LinkChoices): number[][];
}

import type { Named } from "@isoflop/spec";
import type * as v from "valibot";
import type { Random } from "../math/random.js";
import type { Estimate, FitStatus, Interval, Outcome, Predicted } from "../types.js";
import type { PointErrors } from "./point-errors.js";

/** How a fit of a law ended; `too-few-points` says nothing of its error. */
export type LawStatus = FitStatus | "too-few-points";

/** A fitted law y(x), as plain data: which form it has, and the numbers of that form. */
export interface Law {
  /** Name of its {@link LawForm}. */
  readonly kind: string;
  /** Only `converged` may be quoted without a caveat. */
  readonly status: LawStatus;
  readonly points: number;
  readonly degreesOfFreedom: number;
}

/** What a law goes through: as many x as y, all positive, and their errors where they are known. */
export interface LawData extends PointErrors {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** What a fit made least, over its points. */
export interface LawObjective {
  /** `squares` of y or `log-squares`, of ln y; a form may have another. */
  readonly name: string;
  readonly value: number;
}

/** How a number is written for a reader. */
export type NumberFormat = (value: number, digits?: number) => string;

/**
 * A form of law: all that is known of it, so that command line, prediction, comparison and figure follow. One file beside this one and
 * a line in `forms.ts`; one from outside joins by `lawForms.add`.
 */
export interface LawForm<L extends Law = Law> extends Named {
  /** "y = coefficient · x^exponent" */
  readonly formula: string;
  /** True where laws of this form are given, as on a card, and never fitted. */
  readonly given?: true;
  /** Options of its fit: their checks and defaults. */
  readonly options: v.ObjectEntries;
  /** Checks the record of a law of this form. */
  readonly schema: v.GenericSchema<unknown, L>;
  /** What a status means for a reader where it is not `converged`; there are words for each already. */
  readonly caveats?: Readonly<Partial<Record<LawStatus, string>>>;
  /** Whether its fit takes the errors of the points. */
  readonly weighted?: boolean;
  /** @param options as their checks gave them, and {@link PointErrors} where the form is weighted */
  fit(x: readonly number[], y: readonly number[], options: never): Outcome<L>;
  value(law: L, x: number): number;
  /** Where the law lies at x, at 95 %: what is printed and what is drawn. Undefined where no band is honest. */
  band(law: L, x: number): Interval | undefined;
  /** A new measurement at x; some forms weigh the data again. */
  predict(law: L, x: number, data: LawData): Predicted;
  /** Curves from the law's uncertainty; without them laws of this form cannot be compared. */
  draws?(law: L, count: number, uniform: Random): ((x: number) => number)[];
  objective(law: L): LawObjective;
  /** What a reader is shown, by name and in order. */
  estimates(law: L): Readonly<Record<string, Estimate>>;
  /** The value that the law goes to. */
  floor?(law: L): Estimate;
  /** From where to where it was fitted, for a law that comes without its points. */
  range?(law: L): Interval | undefined;
  /** Where the law changes its slope. */
  breaks?(law: L): readonly Estimate[];
  /** Statistics of the fit in a line, for below a table. */
  remark(law: L, num: NumberFormat): string;
  /** The formula with its numbers, short enough for the head of a figure. */
  equation(law: L, names: { readonly x: string; readonly y: string }, num: NumberFormat): string;
}

/** A law with what it was fitted to: all that predictions, comparisons and figures need. */
export interface LawFit<L extends Law = Law> {
  readonly record: "law";
  readonly law: L;
  readonly data: LawData;
  readonly status: LawStatus;
  /** What the status means, where it is not `converged`. */
  readonly message?: string;
  readonly objective: LawObjective;
}

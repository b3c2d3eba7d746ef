import { shown } from "@isoflop/spec";

/** What cannot be drawn, or read, honestly. */
export class PlotInputError extends Error {
  override readonly name = "PlotInputError";
  constructor(
    message: string,
    /** Path of the offending value, e.g. `runs[3].loss`. */
    readonly field: string,
  ) {
    super(message);
  }
}

/** The error for a value that is not what was expected. */
export const refused = (field: string, value: unknown, expected: string): PlotInputError =>
  new PlotInputError(`${field}: expected ${expected}, got ${shown(value)}`, field);

/** @throws PlotInputError where there is nothing to draw */
export const some = <T>(field: string, items: readonly T[], what: string): readonly T[] => {
  if (items.length === 0) throw refused(field, items, `at least one ${what}`);
  return items;
};

/** @throws PlotInputError for a number that an axis has no place for: one that is not finite, or on a log axis not above 0 */
export const drawable = (field: string, value: number, axis: "linear" | "log" = "linear"): number => {
  if (Number.isFinite(value) && (axis === "linear" || value > 0)) return value;
  throw refused(field, value, axis === "log" ? "a finite number above 0" : "a finite number");
};

/** @throws PlotInputError naming the first of these numbers of these items that a log axis has no place for */
export const onLogAxes = <K extends string>(
  field: string,
  items: readonly Readonly<Record<K, number>>[],
  keys: readonly K[],
): void => {
  for (const [i, item] of items.entries()) for (const key of keys) drawable(`${field}[${i}].${key}`, item[key], "log");
};

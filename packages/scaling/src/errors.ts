/** Machine-readable cause of a {@link ScalingError}. */
export type ScalingErrorCode =
  | "bad-format"
  | "missing-column"
  | "bad-value"
  | "wrong-unit"
  | "incomplete-row"
  | "too-few-points"
  | "bad-option"
  | "aborted";

/** Where in the input an error was found. `row` counts data rows from 1, so row 1 is the line after the header. */
export interface ErrorPlace {
  readonly row?: number | undefined;
  readonly field?: string;
  readonly value?: unknown;
}

/** Input that cannot be used as it stands. Soft problems (an edge minimum, too few budgets) are returned, never thrown. */
export class ScalingError extends Error {
  override readonly name = "ScalingError";
  readonly code: ScalingErrorCode;
  readonly row: number | undefined;
  readonly field: string | undefined;
  readonly value: unknown;

  constructor(code: ScalingErrorCode, message: string, place: ErrorPlace = {}) {
    super(place.row === undefined ? message : `row ${place.row}: ${message}`);
    this.code = code;
    this.row = place.row;
    this.field = place.field;
    this.value = place.value;
  }
}

/** A number as an error says it: counts and FLOPs without their row of zeros. */
export const shown = (value: number | undefined): string =>
  value !== undefined && Math.abs(value) >= 1e6 && Number.isFinite(value)
    ? value.toExponential().replace("e+", "e")
    : String(value ?? "missing");

/** An option that cannot be. */
export const badOption = (name: string, value: unknown, right: string): ScalingError =>
  new ScalingError("bad-option", `${name} is ${value}; expected ${right}`);

/**
 * The value itself where it is a positive finite number.
 * @param row 1-based, where there are several
 * @param right what it must be, in words
 * @throws ScalingError `bad-value` with the row and the field
 */
export const positive = (
  field: string,
  value: number | undefined,
  row?: number,
  right = "a positive finite number",
): number => {
  if (value !== undefined && value > 0 && value < Number.POSITIVE_INFINITY) return value;
  const message = `${field} is ${shown(value)}; expected ${right}`;
  throw new ScalingError("bad-value", message, { row, field, value });
};

/** @throws ScalingError `bad-value` where two columns do not go together */
export const sameLength = (a: readonly unknown[], ofA: string, b: readonly unknown[], ofB: string): void => {
  if (a.length === b.length) return;
  throw new ScalingError("bad-value", `${a.length} ${ofA} for ${b.length} ${ofB}; expected as many of each`);
};

/** Throws `aborted` when the caller has asked to stop. */
export const throwIfAborted = (signal: AbortSignal | undefined, what: string): void => {
  if (signal?.aborted) throw new ScalingError("aborted", `${what} was aborted by its signal`);
};

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
  readonly row?: number;
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

/** Throws `aborted` when the caller has asked to stop. */
export const throwIfAborted = (signal: AbortSignal | undefined, what: string): void => {
  if (signal?.aborted) throw new ScalingError("aborted", `${what} was aborted by its signal`);
};

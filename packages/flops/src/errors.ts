/** What was wrong: the input record, the counting convention, a plan that cannot be made, or a device entry. */
export type FlopsErrorCode = "config" | "convention" | "plan" | "device";

/** Every error of this package. The message names the field, its value and what would have been right. */
export class FlopsError extends Error {
  override readonly name = "FlopsError";

  constructor(
    readonly code: FlopsErrorCode,
    message: string,
  ) {
    super(message);
  }
}

const shown = (value: unknown): string => (typeof value === "string" ? `"${value}"` : String(value));

/** @throws FlopsError with `code` unless `value` is a finite number above zero. */
export function positive(code: FlopsErrorCode, field: string, value: number): number {
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw new FlopsError(code, `${field} is ${shown(value)}; it must be a finite number above 0.`);
}

/** @throws FlopsError with `code` unless `value` is an integer of at least `least`. */
export function integer(code: FlopsErrorCode, field: string, value: number, least = 1): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new FlopsError(code, `${field} is ${shown(value)}; it must be an integer of at least ${least}.`);
}

/** @throws FlopsError with `code` unless `value` is one of `choices`. */
export function oneOf<T extends string>(code: FlopsErrorCode, field: string, value: unknown, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw new FlopsError(code, `${field} is ${shown(value)}; it must be one of ${choices.map(shown).join(", ")}.`);
}

/** @throws FlopsError when `record` has a key outside `allowed`: a mistyped option must not be ignored. */
export function onlyKeys(code: FlopsErrorCode, field: string, record: object, allowed: readonly string[]): void {
  for (const key of Object.keys(record)) {
    if (!allowed.includes(key)) {
      throw new FlopsError(code, `${field} has an unknown key "${key}"; it takes ${allowed.join(", ")}.`);
    }
  }
}

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

/** A value in a message: text in quotes, an object by its kind. */
export const shown = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "an array" : "a record";
  return typeof value === "function" ? "a function" : String(value);
};

/** @throws FlopsError with `code` unless `value` is a finite number above zero. */
export const positive = (code: FlopsErrorCode, field: string, value: number): number => {
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw new FlopsError(code, `${field} is ${shown(value)}; it must be a finite number above 0.`);
};

/** @throws FlopsError with `code` unless `value` is a finite number of at least zero. */
export const notNegative = (code: FlopsErrorCode, field: string, value: number): number => {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw new FlopsError(code, `${field} is ${shown(value)}; it must be a finite number of at least 0.`);
};

/** @throws FlopsError with `code` unless `value` is an integer of at least `least`. */
export const integer = (code: FlopsErrorCode, field: string, value: number, least = 1): number => {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new FlopsError(code, `${field} is ${shown(value)}; it must be an integer of at least ${least}.`);
};

/** @throws FlopsError with `code` unless `value` is one of `choices`. */
export const oneOf = <T extends string>(
  code: FlopsErrorCode,
  field: string,
  value: unknown,
  choices: readonly T[],
): T => {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw new FlopsError(code, `${field} is ${shown(value)}; it must be one of ${choices.map(shown).join(", ")}.`);
};

/** @throws FlopsError with `code` unless `value` is a record with no key outside `allowed`: a mistyped option must not be ignored. */
export const onlyKeys = (code: FlopsErrorCode, field: string, value: object, allowed: readonly string[]): void => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FlopsError(code, `${field} is ${shown(value)}; it must be a record of ${allowed.join(", ")}.`);
  }
  for (const key of Object.keys(value)) {
    if (!allowed.includes(key)) {
      throw new FlopsError(code, `${field} has an unknown key ${shown(key)}; it takes ${allowed.join(", ")}.`);
    }
  }
};

/**
 * JSON keeps every digit, and has no infinity and no NaN: a number that is not known is `null`, an infinite one the string
 * "Infinity" or "-Infinity", which `Number()` and Python's `float()` read back.
 */
export const toJson = (document: unknown): string =>
  JSON.stringify(
    document,
    (_, value: unknown) => {
      if (typeof value !== "number" || Number.isFinite(value)) return value;
      return Number.isNaN(value) ? null : value > 0 ? "Infinity" : "-Infinity";
    },
    2,
  );

/** Reads what {@link toJson} wrote, numbers that are not known or infinite included. */
export const fromJson = (text: string): unknown =>
  JSON.parse(text, (_, value: unknown) =>
    value === null
      ? Number.NaN
      : value === "Infinity"
        ? Number.POSITIVE_INFINITY
        : value === "-Infinity"
          ? Number.NEGATIVE_INFINITY
          : value,
  );

/** What was wrong: values that are not finite, sizes that do not fit, too few samples, an option, or arithmetic. */
export type MetricsErrorCode = "values" | "dimension" | "extractor" | "samples" | "option" | "arithmetic";

/** Every error of this package. The message names the input, its size or value, and what would have been right. */
export class MetricsError extends Error {
  override readonly name = "MetricsError";

  constructor(
    readonly code: MetricsErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** @throws MetricsError("option") unless `value` is an integer in `least`..`most`. */
export function integer(name: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `in ${least}..${most}`;
  throw new MetricsError("option", `${name} is ${value}; it must be an integer ${range}.`);
}

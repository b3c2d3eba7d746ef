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

/** @throws MetricsError unless it holds. */
export function must(holds: unknown, code: MetricsErrorCode, message: string): asserts holds {
  if (!holds) throw new MetricsError(code, message);
}

/** @throws MetricsError("option") unless `value` is an integer in `least`..`most`. */
export const integer = (name: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): number => {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `in ${least}..${most}`;
  const holds = Number.isSafeInteger(value) && value >= least && value <= most;
  must(holds, "option", `${name} is ${value}; it must be an integer ${range}.`);
  return value;
};

/** @throws MetricsError("option") naming an option that is not among `names`. */
export const onlyOptions = (what: string, options: object, names: readonly string[]): void => {
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  must(unknown === undefined, "option", `${what} has no option "${unknown}"; it takes ${names.join(", ")}.`);
};

/** @throws MetricsError("arithmetic") if a result went beyond float64: finite features can be too large to square. */
export const finite = (name: string, value: number): number => {
  const right = "the features are too large for float64, scale them down";
  must(Number.isFinite(value), "arithmetic", `The ${name} is ${value}; ${right}.`);
  return value;
};

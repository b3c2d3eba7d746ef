/** What was wrong: a package that is not installed, a file that is not what it should be, or sizes that do not fit. */
export type FeaturesErrorCode = "package" | "file" | "dimension";

/** Every error of this package. The message names the part, what it is and what would have been right. */
export class FeaturesError extends Error {
  override readonly name = "FeaturesError";

  constructor(
    readonly code: FeaturesErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** @throws FeaturesError unless it holds */
export function must(holds: unknown, code: FeaturesErrorCode, message: string): asserts holds {
  if (!holds) throw new FeaturesError(code, message);
}

/**
 * What was wrong: an option's name or value, an operand's shape or dtype, a time at which a conversion has no meaning, or
 * values that are not finite.
 */
export type DiffusionErrorCode = "option" | "shape" | "singular" | "values";

/** Every error of this package. The message names what was wrong, its value, and what would have been right. */
export class DiffusionError extends Error {
  override readonly name = "DiffusionError";

  constructor(
    readonly code: DiffusionErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** @throws DiffusionError unless it holds */
export function must(holds: unknown, code: DiffusionErrorCode, message: string): asserts holds {
  if (!holds) throw new DiffusionError(code, message);
}

/** How a shape reads in a message. */
export const bracketed = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

/** What was wrong: the config, an operand's shape or dtype, or a set of weights. */
export type DitErrorCode = "config" | "shape" | "weights";

/** Every error of this package but those about a config's fields, which `@isoflop/flops` checks (`FlopsError`). */
export class DitError extends Error {
  override readonly name = "DitError";

  constructor(
    readonly code: DitErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** @throws DitError unless it holds */
export function must(holds: unknown, code: DitErrorCode, message: string): asserts holds {
  if (!holds) throw new DitError(code, message);
}

export const shown = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

/** Where flat index `at` lies in an array. */
export const place = (shape: readonly number[], at: number): string => {
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((product, n) => product * n, 1));
  return shown(shape.map((n, i) => Math.floor(at / strides[i]!) % n));
};

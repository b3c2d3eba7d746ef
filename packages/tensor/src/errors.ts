/** Every error this package throws on purpose. `code` is stable; the message names the op, the shapes and what would fit. */
export class TensorError extends Error {
  override readonly name: string = "TensorError";
  constructor(
    readonly code:
      | "shape"
      | "dtype"
      | "device"
      | "disposed"
      | "traced"
      | "limit"
      | "argument"
      | "adapter"
      | "kernel"
      | "gradient"
      | "format",
    message: string,
  ) {
    super(message);
  }
}

/** What was thrown, in words. */
export const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

export const formatShape = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

export const formatShapes = (values: readonly { readonly shape: readonly number[] }[]): string =>
  values.map(({ shape }) => formatShape(shape)).join(", ");

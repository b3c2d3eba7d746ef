/**
 * What went wrong: a spec, data that are not those of the spec, a plan that cannot be made, a path that no file can have, a file that does not hold what it
 * should, files that cannot be read or written, a run that someone else has, a lost claim or lock, or a worker thread.
 */
export type SweepErrorCode = "spec" | "data" | "plan" | "path" | "record" | "store" | "busy" | "claim" | "worker";

/** Every error this package throws on purpose. The message names the thing, its value and what would have been right. */
export class SweepError extends Error {
  override readonly name = "SweepError";

  constructor(
    readonly code: SweepErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export const isSweepError = (error: unknown, code: SweepErrorCode): error is SweepError =>
  error instanceof SweepError && error.code === code;

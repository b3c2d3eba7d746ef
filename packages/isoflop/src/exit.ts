/** What the exit status of the process means. */
export const exitCodes = {
  ok: 0,
  /** The run itself failed: a file could not be written, or the program is wrong. */
  failed: 1,
  /** An unknown command, option or value of an option. */
  usage: 2,
  /** A file that is missing or cannot be used: a missing column, a negative loss, a broken line. */
  input: 3,
  /** The data were read, but the fit was refused or did not converge. What there is has been printed. */
  unsound: 4,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** An error for the person at the terminal: one message, one exit status, no stack trace. */
export class CliError extends Error {
  override readonly name = "CliError";

  constructor(
    readonly exitCode: ExitCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export const usageError = (message: string): CliError => new CliError(exitCodes.usage, message);
export const inputError = (message: string): CliError => new CliError(exitCodes.input, message);
export const unsound = (message: string): CliError => new CliError(exitCodes.unsound, message);

/** Any error with the exit status it deserves; unknown ones are failures of the program. */
export function asCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new CliError(codeOf(error), message, { cause: error });
}

/** Told by name, so that help and usage errors load no package. */
function codeOf(error: unknown): ExitCode {
  const { name, code } = error as { readonly name?: string; readonly code?: string };
  if (name === "ScalingError") {
    if (code === "bad-option") return exitCodes.usage;
    return code === "aborted" ? exitCodes.failed : exitCodes.input;
  }
  if (name === "FlopsError") return code === "convention" ? exitCodes.usage : exitCodes.input;
  return exitCodes.failed;
}

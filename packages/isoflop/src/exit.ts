import { fileError, fileReason } from "@isoflop/sweep/files";

/** What the exit status of the process means. */
export const exitCodes = {
  ok: 0,
  /** The run itself failed: a file could not be written, a loss became NaN, a device is not there, or the program is wrong. */
  failed: 1,
  /** An unknown command, option or value of an option. */
  usage: 2,
  /** Input that is missing or cannot be used: a missing column, a negative loss, a mistyped key, a broken checkpoint, a path that no file can have. */
  input: 3,
  /** The data were read, but the fit was refused or did not converge. What there is has been printed. */
  unsound: 4,
  /** Stopped by Ctrl-C or a termination signal after a checkpoint (128 + SIGINT, as shells say it). */
  interrupted: 130,
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

/** Whether what stopped the work is a finding about the data. */
export const isUnsound = (error: unknown): boolean => error instanceof CliError && error.exitCode === exitCodes.unsound;

/** Any error with the exit status it deserves; unknown ones are failures of the program. */
export const asCliError = (error: unknown): CliError => {
  if (error instanceof CliError) return error;
  const known = ofFiles(error) ?? error;
  const message = known instanceof Error ? known.message : String(known);
  return new CliError(codeOf(known) ?? exitCodes.failed, message, { cause: error });
};

/** Whether an error speaks to the person at the terminal; any other is a fault of the program. */
export const isExpected = (error: unknown): boolean =>
  error instanceof CliError || codeOf(ofFiles(error) ?? error) !== undefined;

const { failed, input, usage } = exitCodes;

/** By an error's name and, where they differ, its code. Names, so that help and usage errors load no package that computes. */
const codes: Readonly<Record<string, Readonly<Record<string, ExitCode>>>> = {
  ScalingError: { "": input, "bad-option": usage, aborted: failed },
  FlopsError: { "": input, convention: usage },
  DataError: { "": input },
  ModuleError: { "": input },
  TrainError: { "": input },
  DivergedError: { "": failed },
  SweepError: { "": failed, spec: input, plan: input, path: input, record: input },
  DitError: { "": input },
  DiffusionError: { "": input },
  PlotInputError: { "": input },
  TensorError: { adapter: failed },
  StudyError: { "": failed },
};

const codeOf = (error: unknown): ExitCode | undefined => {
  const { name, code } = error as { readonly name?: string; readonly code?: string };
  const known = Object.hasOwn(codes, name ?? "") ? codes[name!]! : {};
  return known[code ?? ""] ?? known[""];
};

/** What stands in the way of a file, in words. A file that is not there, said by Node and nobody else, is one of the program's own. */
const ofFiles = (error: unknown): Error | undefined =>
  fileReason(error) && !isMissing(error) ? fileError(error) : undefined;

/** Whether an error says that a file is not there, or the folder in which it should be. */
export const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";

/** What stopped a file from being read or written, in words. */
export const reasonOf = (error: unknown): string => fileReason(error)?.reason ?? (error as Error).message;

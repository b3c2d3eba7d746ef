import { accessSync, constants, existsSync } from "node:fs";
import { dirname, resolve } from "node:path";

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

/** Any error with the exit status it deserves; unknown ones are failures of the program. */
export function asCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const status = codeOf(error) ?? (isImpossible(error) ? exitCodes.input : exitCodes.failed);
  return new CliError(status, inTheWay(error) ?? message, { cause: error });
}

/** Whether an error speaks to the person at the terminal; any other is a fault of the program. */
export const isExpected = (error: unknown): boolean =>
  error instanceof CliError || codeOf(error) !== undefined || inTheWay(error) !== undefined;

const { failed, input, usage } = exitCodes;

/** By an error's name and, where they differ, its code. Names, so that help and usage errors load no package. */
const codes: Readonly<Record<string, Readonly<Record<string, ExitCode>>>> = {
  ScalingError: { "": input, "bad-option": usage, aborted: failed },
  FlopsError: { "": input, convention: usage },
  TrainError: { "": input },
  DivergedError: { "": failed },
  SweepError: { "": failed, spec: input, plan: input },
  DitError: { "": input },
  DiffusionError: { "": input },
  PlotInputError: { "": input },
  TensorError: { adapter: failed },
  StudyError: { "": failed },
};

function codeOf(error: unknown): ExitCode | undefined {
  const { name, code } = error as { readonly name?: string; readonly code?: string };
  const known = Object.hasOwn(codes, name ?? "") ? codes[name!]! : {};
  return known[code ?? ""] ?? known[""];
}

const notAllowed = "this user may not write there; change the rights or choose another folder";

/** By an error's code, in words. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: notAllowed,
  EPERM: notAllowed,
  EROFS: "the file system is read-only; choose another folder",
  ENOSPC: "no space is left on the disk; free some, then run the same command again to go on",
  EDQUOT: "the disk quota is used up; free some space, then run the same command again to go on",
  ENOTDIR: "a part of the path is a file, not a folder; choose another folder",
  EEXIST: "there is a file where a folder is needed; choose another folder",
  EPIPE: "whoever read it has closed it",
  EIO: "the device reports an error",
};

/** Names that no file can have; whatever they were given for, another name is needed. */
const impossible: Readonly<Record<string, string>> = {
  ENAMETOOLONG: "the path is too long for this file system; expected names of at most 255 bytes",
  ELOOP: "links that lead round in a circle",
  EISDIR: "it is a folder; expected a file",
  ERR_INVALID_ARG_VALUE: "a path cannot have a null byte",
};

/** What stopped a file from being read or written, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return reasons[code ?? ""] ?? impossible[code ?? ""] ?? message;
}

/** Whether the name itself is wrong, and not what stands in its way. */
export const isImpossible = (error: unknown): boolean =>
  Object.hasOwn(impossible, (error as NodeJS.ErrnoException).code ?? "");

/**
 * Node says ENOENT of a folder that could not be made, whatever stood in its way: asking whether the nearest folder there is may be
 * written finds out.
 */
function told(error: unknown): NodeJS.ErrnoException {
  const given = error as NodeJS.ErrnoException;
  if (given.code !== "ENOENT" || given.syscall !== "mkdir" || given.path === undefined) return given;
  let folder = resolve(given.path);
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
    return given;
  } catch (reason) {
    return Object.assign(reason as NodeJS.ErrnoException, { path: given.path });
  }
}

/** What keeps a file from being written, in words. */
function inTheWay(error: unknown): string | undefined {
  const { code, path } = told(error);
  const reason = reasons[code ?? ""] ?? impossible[code ?? ""];
  return reason && (path === undefined ? reason : `${path}: ${reason}`);
}

import { CliError, exitCodes } from "./exit.js";
import { announce, endDrawings } from "./progress/drawing.js";
import { note } from "./words/printable.js";

const STOPPING = "stopping; Ctrl-C again ends at once";

/**
 * Does work that the first Ctrl-C or termination signal stops in good order; the second one ends the process at once. What is drawn on
 * the terminal is taken away in the end.
 * @param said how it was stopped and how to go on, in one line
 * @throws CliError with status 130 and `said` when stopped
 */
export const untilStopped = async <T>(
  said: string | (() => string),
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const stopper = new AbortController();
  const { signal } = stopper;
  const stop = (): void => {
    if (!announce(STOPPING) && process.stderr.isTTY) note(STOPPING);
    stopper.abort(new CliError(exitCodes.interrupted, "stopped"));
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    return await work(signal);
  } catch (error) {
    if (!signal.aborted || !(error === signal.reason || isAborted(error))) throw error;
    throw new CliError(exitCodes.interrupted, typeof said === "string" ? said : said(), { cause: error });
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    endDrawings();
  }
};

/** Whether a fit was stopped by its signal, which it says in words of its own. */
const isAborted = (error: unknown): boolean => {
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
  return name === "ScalingError" && code === "aborted";
};

/** What is said where there are checkpoints. */
export const GO_ON = "stopped after a checkpoint; run the same command again to go on";

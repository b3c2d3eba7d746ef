import { CliError, exitCodes } from "./exit.js";

/**
 * Does work that the first Ctrl-C or termination signal stops in good order; the second one ends the process at once.
 * @throws CliError with status 130 and `said` when stopped
 */
export const untilStopped = async <T>(said: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const stopper = new AbortController();
  const stop = (): void => stopper.abort(new CliError(exitCodes.interrupted, said));
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    return await work(stopper.signal);
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
};

/** What is said where there are checkpoints. */
export const GO_ON = "stopped after a checkpoint; run the same command again to go on";

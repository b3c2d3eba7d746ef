import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SweepError } from "@isoflop/sweep";
import { type FolderLock, type LockOptions, lockFolder } from "@isoflop/sweep/node";
import { makeFolder, removeTemporaries } from "@isoflop/train/node";

/** Puts a whole file in place. */
export type Write = (file: string, content: string | Uint8Array) => Promise<void>;

export type Waiting = Pick<LockOptions, "signal" | "onWait">;

const documents = /^(?:report\.html|summary\.json|prediction\.json)$/;
const figures = /^[\w-]+\.(?:svg|png)$/;

/**
 * Writes at the top of a study's folder and in its `figures`, one process at a time: who finds another writing waits for it. What
 * killed ones left there goes.
 * @throws SweepError `store` or `path` if the folder cannot be written, the signal's reason when stopped
 */
export const inStudyFolder = async <T>(
  folder: string,
  waiting: Waiting,
  change: (write: Write) => Promise<T>,
): Promise<T> => {
  await makeFolder(folder);
  const lock = await locked(folder, waiting);
  try {
    await removeTemporaries(folder, documents);
    await removeTemporaries(join(folder, "figures"), figures);
    return await change((file, content) => lock.write(file, [content]));
  } finally {
    await lock.release();
  }
};

/** Between two looks whether a living process has finished writing. */
const PATIENCE_MS = 100;

const locked = async (folder: string, waiting: Waiting): Promise<FolderLock> => {
  for (let told = false; ; told = true) {
    try {
      return await lockFolder(folder, waiting);
    } catch (error) {
      if (!(error instanceof SweepError && error.code === "busy")) throw error;
      if (!told) waiting.onWait?.(error.message);
    }
    await sleep(PATIENCE_MS, undefined, waiting.signal && { signal: waiting.signal }).catch(() => {});
    waiting.signal?.throwIfAborted();
  }
};

import { rm } from "node:fs/promises";
import path from "node:path";
import { checkpointFile, listFolder, removeTemporaries, snapshotFile } from "@isoflop/train/node";
import { isGone, ownerIn } from "./lock-name.js";
import { lossesFile } from "./losses.js";
import { measurementFiles, measurementsIn } from "./measurements.js";
import { standingOf, thisProcess } from "./process.js";

const RECORD = /^run\.json$/;

export const recordIn = (run: string): string => path.join(run, "run.json");
export const checkpointsIn = (run: string): string => path.join(run, "checkpoints");

/** Removes what killed processes were writing in a run's folder. For its owner. */
export const removeHalves = async (run: string): Promise<void> => {
  await removeTemporaries(run, RECORD);
  await removeTemporaries(run, lossesFile);
  await removeTemporaries(checkpointsIn(run), checkpointFile);
  await removeTemporaries(checkpointsIn(run), snapshotFile);
  await removeTemporaries(measurementsIn(run), measurementFiles);
};

/**
 * Removes what killed processes left in the folder of a run that has its end. There nobody writes any more, whoever holds a
 * lock: a result is final, and written last. Only the locks of the living stay, as they are about to go by themselves.
 */
export const tidyFinished = async (run: string): Promise<void> => {
  for (const name of await listFolder(run)) {
    const owner = ownerIn(name);
    if (isGone(name) || (owner && standingOf(owner, thisProcess()) !== "alive"))
      await rm(path.join(run, name), { recursive: true, force: true });
  }
  await removeHalves(run);
};

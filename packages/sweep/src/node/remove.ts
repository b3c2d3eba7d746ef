import { randomBytes } from "node:crypto";
import { rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { listFolder } from "@isoflop/train/node";
import { SweepError } from "../errors.js";
import type { OpenOptions } from "../store.js";
import { ifMissing, withFiles } from "./files.js";
import { lockFolder } from "./lock.js";
import { fileRunStore } from "./run-store.js";

/** A run that is being removed, or was when its process was killed. */
const REMOVED = /^removed~[0-9a-f]{16}~[0-9a-f]+$/;

/**
 * Removes a run that nobody holds. It is renamed first, so that at every moment the whole run is there or none; of what a process that
 * was killed meanwhile left under the other name, the next call takes care.
 * @throws SweepError `busy` while someone has it, `record` if there is no such run, `store` if the folder cannot be changed
 */
export const removeRun = (store: string, id: string, options?: OpenOptions): Promise<void> => {
  const folder = path.join(store, id);
  return withFiles(folder, async () => {
    if (!(await stat(folder).catch(ifMissing(undefined)))?.isDirectory())
      throw new SweepError("record", `there is no run ${id} in ${store}`);
    // Tidies a run that has its end; what cannot be read goes as well.
    await fileRunStore(store)
      .read(id)
      .catch(() => {});
    const lock = await lockFolder(folder, options);
    const away = path.join(store, `removed~${id}~${randomBytes(8).toString("hex")}`);
    try {
      await rename(folder, away);
    } finally {
      await lock.release();
    }
    await rm(away, { recursive: true, force: true });
    await removeRemains(store);
  });
};

/** Removes what killed processes left of runs that they were removing. */
export const removeRemains = async (store: string): Promise<void> => {
  for (const name of await listFolder(store))
    if (REMOVED.test(name)) await rm(path.join(store, name), { recursive: true, force: true });
};

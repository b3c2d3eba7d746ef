import { stat } from "node:fs/promises";
import path from "node:path";
import { listFolder } from "@isoflop/train/node";
import { ifMissing } from "./files.js";
import { ownerIn } from "./lock-name.js";
import { type Standing, standingOf, thisProcess } from "./process.js";
import { beatOf } from "./watch.js";

/** Whose lock lies in a folder. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Whether that process lives, as far as this one can tell. */
  readonly standing: Standing;
  /** Seconds since its last sign of life, by the clocks of this machine and of the storage. */
  readonly silent: number;
}

/** Who holds a folder, without taking a lock or removing that of a dead process. */
export const holdersOf = async (folder: string): Promise<readonly Holder[]> => {
  const holders: Holder[] = [];
  for (const name of await listFolder(folder)) {
    const owner = ownerIn(name);
    if (!owner) continue;
    const lock = path.join(folder, name);
    const written = await stat(beatOf(lock)).catch(() => stat(lock).catch(ifMissing(undefined)));
    // Given back meanwhile.
    if (!written) continue;
    const { pid, host } = owner;
    const silent = Math.max(0, (Date.now() - written.mtimeMs) / 1000);
    holders.push({ pid, host, standing: standingOf(owner, thisProcess()), silent });
  }
  return holders;
};

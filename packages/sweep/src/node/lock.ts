import { randomBytes } from "node:crypto";
import { readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SweepError } from "../errors.js";
import { mayBeAlive, type ProcessIdentity, thisProcess } from "./process.js";

/** Whose lock it is stands in its name, so that there is no moment at which a lock has no owner. */
const PATTERN = /^lock~(.+)~(\d+)~(\d+)~[0-9a-f]+$/;

const nameOf = ({ host, pid, start }: ProcessIdentity): string =>
  `lock~${encodeURIComponent(host).replaceAll("~", "%7E")}~${pid}~${start}~${randomBytes(6).toString("hex")}`;

const ownerOf = (name: string): ProcessIdentity | undefined => {
  const match = PATTERN.exec(name);
  return match ? { host: decodeURIComponent(match[1]!), pid: Number(match[2]), start: match[3]! } : undefined;
};

const ATTEMPTS = 4;

/**
 * Takes a folder for the caller alone; the returned function gives it back.
 *
 * Everybody writes a file of their own and then looks for others: of two who come at once at least one sees the other, and
 * who sees a living one withdraws. Files of dead processes are removed by whoever meets them; as every name is used
 * once, that can never remove the lock of someone alive, as taking over one shared file could.
 *
 * @throws SweepError `busy` naming the process that has it
 */
export const lockFolder = async (folder: string): Promise<() => Promise<void>> => {
  for (let attempt = 1; ; attempt++) {
    const mine = nameOf(thisProcess());
    await writeFile(path.join(folder, mine), "", { flag: "wx" });
    const release = (): Promise<void> => rm(path.join(folder, mine), { force: true });
    let other: ProcessIdentity | undefined;
    try {
      other = await livingOwner(folder, mine);
    } catch (error) {
      await release();
      throw error;
    }
    if (!other) return release;
    await release();
    if (attempt === ATTEMPTS)
      throw new SweepError(
        "busy",
        `${folder} is in use by process ${other.pid} on ${other.host}; wait for it or stop it. If that machine is gone, remove the lock~ files in the folder`,
      );
    // Two who withdrew at once must not meet again.
    await sleep(5 + Math.random() * 40);
  }
};

const livingOwner = async (folder: string, mine: string): Promise<ProcessIdentity | undefined> => {
  let living: ProcessIdentity | undefined;
  for (const name of await readdir(folder)) {
    const owner = name === mine ? undefined : ownerOf(name);
    if (!owner) continue;
    if (mayBeAlive(owner)) living = owner;
    else await rm(path.join(folder, name), { force: true });
  }
  return living;
};

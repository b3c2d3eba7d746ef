import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { listFolder } from "@isoflop/train/node";
import { SweepError } from "../errors.js";
import type { OpenOptions } from "../store.js";
import { Fence, hasVanished } from "./fence.js";
import { withFiles } from "./files.js";
import { goneName, isGone, lockName, ownerIn } from "./lock-name.js";
import { type ProcessIdentity, standingOf, thisProcess } from "./process.js";
import { type Timing, timing, Watch, writeBeat } from "./watch.js";

/** A folder that is this process's alone, and the changes that it may make there. */
export interface FolderLock extends Fence {
  /** Gives the folder back. */
  release(): Promise<void>;
}

/** Only when it is really gone can nothing come out of it any more: a client of a network share may know it by its old name. */
const remove = (gone: string): Promise<void> => rm(gone, { recursive: true, force: true, maxRetries: 5 });

/** Takes a lock away in one step, whoever else tries it, and then what was in it. */
const takeAway = async (lock: string): Promise<void> => {
  const gone = path.join(path.dirname(lock), goneName());
  try {
    await rename(lock, gone);
  } catch (error) {
    if (hasVanished(error)) return;
    throw error;
  }
  await remove(gone);
};

class HeldLock extends Fence implements FolderLock {
  readonly #timer: NodeJS.Timeout;
  #count = 0;
  #last = performance.now();
  #beating: Promise<void> | undefined;

  constructor(
    lock: string,
    readonly every: number,
  ) {
    super(lock);
    this.#timer = setInterval(() => void this.#beat(), every).unref();
  }

  /** Beats where the timer could not, because the thread was busy. */
  override async check(): Promise<void> {
    await super.check();
    if (performance.now() - this.#last >= this.every) await this.#beat();
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    await withFiles(this.lock, () => takeAway(this.lock));
  }

  /** A beat that fails is missed; whether the lock is lost, every change finds out by itself. */
  #beat(): Promise<void> {
    this.#last = performance.now();
    this.#beating ??= writeBeat(this.lock, ++this.#count)
      .catch((error: unknown) => {
        if (hasVanished(error)) clearInterval(this.#timer);
      })
      .finally(() => {
        this.#beating = undefined;
      });
    return this.#beating;
  }
}

interface Occupant {
  readonly name: string;
  readonly owner: ProcessIdentity;
  readonly standing: "alive" | "unknown";
  /** Whether to watch it may end in its being given up. */
  readonly hope: boolean;
}

const busy = (folder: string, { owner: { pid, host }, standing }: Occupant, { age }: Timing): SweepError =>
  new SweepError(
    "busy",
    standing === "alive"
      ? `${folder} is in use by process ${pid} on ${host}; wait for it or stop it`
      : `${folder} is in use by process ${pid} on ${host}, another machine or container, or was until lately; wait for it or stop it. If it has ended, try again in ${age / 1000} s: a lock without a sign of life is then given up`,
  );

const waiting = (folder: string, { owner: { pid, host } }: Occupant, { age }: Timing): string =>
  `waiting for a sign of life of process ${pid} on ${host}, which has ${folder}; without one in ${age / 1000} s, its lock is given up`;

const MOST_ATTEMPTS = 40;

/** Takes folders for one process, as `me`. */
export class Locker {
  readonly #watch: Watch;

  constructor(
    readonly me: ProcessIdentity,
    readonly timing: Timing,
  ) {
    this.#watch = new Watch(timing);
  }

  async lock(folder: string, { wait = true, onWait, signal }: OpenOptions = {}): Promise<FolderLock> {
    let before: ReadonlySet<string> = new Set();
    let told = false;
    for (let attempt = 1; ; attempt++) {
      const taken = await this.#attempt(folder);
      if (taken instanceof HeldLock) return taken;
      // Whoever only tries withdraws at once; who is still there after a pause has the folder.
      const settled = taken.filter(({ name }) => before.has(name));
      const owner = settled.find(({ hope }) => !(hope && wait)) ?? (attempt > MOST_ATTEMPTS ? taken[0] : undefined);
      if (owner) throw busy(folder, owner, this.timing);
      if (attempt > MOST_ATTEMPTS)
        throw new SweepError(
          "store",
          `a lock in ${folder} does not stay there or does not show; choose another folder`,
        );
      if (settled[0] && !told) onWait?.(waiting(folder, settled[0], this.timing));
      told ||= settled.length > 0;
      before = new Set(taken.map(({ name }) => name));
      if (settled.length > 0) attempt = 0;
      await pause(settled.length > 0 ? Math.min(this.timing.beat / 4, 1000) : contention(attempt), signal);
    }
  }

  /** A lock, or those who stand in its way. */
  async #attempt(folder: string): Promise<HeldLock | readonly Occupant[]> {
    const others = await this.#occupants(folder);
    if (others.length > 0) return others;
    const name = lockName(this.me);
    const lock = path.join(folder, name);
    await mkdir(lock).catch((error: Error) => {
      // The name of a lock would say nothing to a person.
      throw Object.assign(error, { path: folder });
    });
    let held = false;
    try {
      await writeBeat(lock, 0, "wx");
      const company = await this.#occupants(folder);
      const mine = company.some((occupant) => occupant.name === name);
      held = mine && company.length === 1;
      // Without `mine`: this process stood still for so long that its lock was given up before it had it.
      return held ? new HeldLock(lock, this.timing.beat) : company.filter((occupant) => occupant.name !== name);
    } catch (error) {
      if (hasVanished(error)) return [];
      throw error;
    } finally {
      if (!held) await takeAway(lock);
    }
  }

  /** Who may be working in the folder. Locks of the dead, and those given up, are taken away. */
  async #occupants(folder: string): Promise<readonly Occupant[]> {
    const names = new Set(await listFolder(folder));
    this.#watch.forget(folder, names);
    const occupants: Occupant[] = [];
    for (const name of names) {
      const file = path.join(folder, name);
      if (isGone(name)) await remove(file);
      const owner = ownerIn(name);
      if (!owner) continue;
      const standing = standingOf(owner, this.me);
      const { quiet, hope } = standing === "unknown" ? await this.#watch.look(file) : { quiet: 0, hope: false };
      if (standing === "dead" || quiet >= this.timing.age) await takeAway(file);
      else occupants.push({ name, owner, standing, hope });
    }
    return occupants;
  }
}

/** Milliseconds: two who withdrew at once must not meet again. */
const contention = (attempt: number): number => 5 + Math.random() * Math.min(40 * 2 ** (attempt / 4), 500);

const pause = async (milliseconds: number, signal: AbortSignal | undefined): Promise<void> => {
  await sleep(milliseconds, undefined, signal && { signal }).catch(() => {});
  signal?.throwIfAborted();
};

let here: Locker | undefined;

/**
 * Takes a folder for the caller alone.
 *
 * Everybody makes a lock of their own, which nobody else has ever had, and then looks for others: of two who come at once at
 * least one sees the other, and who sees one withdraws. The lock of a dead process is taken away by whoever meets it; as
 * every name is used once, that can never be the lock of someone alive. Where nobody can tell whether the owner lives (in
 * another container, on another machine, on a system that does not say), the owner's beats decide: whoever has seen none for
 * the stated age takes the lock away, and an owner who wakes up after all finds that he can change nothing more.
 *
 * @throws SweepError `busy` naming the process that has it, `store` or `path` if there can be no lock in the folder
 */
export const lockFolder = (folder: string, options?: OpenOptions): Promise<FolderLock> =>
  withFiles(folder, () => {
    here ??= new Locker(thisProcess(), timing);
    return here.lock(folder, options);
  });

import { open, stat } from "node:fs/promises";
import path from "node:path";
import { ifMissing } from "./files.js";

/** How owners of locks show that they live; in milliseconds. */
export interface Timing {
  /** Between two beats of an owner. */
  readonly beat: number;
  /** Without a beat for so long, a lock of which nobody can tell whether its owner lives is given up. */
  readonly age: number;
}

export const timing: Timing = { beat: 10_000, age: 120_000 };

/** The file in a lock in which its owner counts. */
export const beatOf = (lock: string): string => path.join(lock, "beat");

/** Counts on in a lock's folder. @throws ENOENT if the lock is no longer there */
export const writeBeat = async (lock: string, count: number, flags: "wx" | "r+" = "r+"): Promise<void> => {
  const handle = await open(beatOf(lock), flags);
  try {
    // Overwritten in place, always as long: who reads never finds it empty, and a full disk does not stop it.
    await handle.write(String(count).padStart(12), 0);
  } finally {
    await handle.close();
  }
};

/** What a lock looks like: another text after every beat. */
const signOf = async (lock: string): Promise<string> => {
  const handle = await open(beatOf(lock), "r").catch(() => undefined);
  try {
    return (await handle?.readFile("utf8")) ?? "";
  } finally {
    await handle?.close();
  }
};

interface Look {
  readonly sign: string;
  /** Milliseconds that it has looked the same. */
  readonly quiet: number;
  readonly at: number;
  /** Whether it has changed while this process looked. */
  readonly beats: boolean;
}

/**
 * What this process has seen of locks whose owners it cannot ask. Time is this process's own monotonic clock, so that
 * clocks of two machines are never compared.
 */
export class Watch {
  readonly #looks = new Map<string, Look>();

  constructor(readonly timing: Timing) {}

  /**
   * Looks at a lock. `quiet`: for how long it has not changed, as far as this process knows. One long pause between two looks
   * never makes the age full: this process may have been stopped together with the owner, who then has two beats to show himself.
   * `hope`: it has never been seen to beat and its file is old, so that it may be given up if one waits.
   */
  async look(lock: string, now = performance.now()): Promise<{ readonly quiet: number; readonly hope: boolean }> {
    const { beat, age } = this.timing;
    const sign = await signOf(lock);
    const before = this.#looks.get(lock);
    const same = before?.sign === sign;
    const quiet = same ? before.quiet + Math.min(now - before.at, age - 2 * beat) : 0;
    const beats = (before?.beats ?? false) || (before !== undefined && !same);
    this.#looks.set(lock, { sign, quiet, at: now, beats });
    const written = await stat(beatOf(lock)).catch(() => stat(lock).catch(ifMissing(undefined)));
    // A hint only, as the storage may have another clock: it decides whether to wait, never whether to take.
    const young = written !== undefined && Date.now() - written.mtimeMs < age;
    return { quiet, hope: !young && !beats };
  }

  /** Forgets the locks of a folder that are no longer there. */
  forget(folder: string, present: ReadonlySet<string>): void {
    for (const lock of this.#looks.keys()) {
      const name = path.basename(lock);
      if (lock === path.join(folder, name) && !present.has(name)) this.#looks.delete(lock);
    }
  }
}

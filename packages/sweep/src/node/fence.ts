import { randomBytes } from "node:crypto";
import { rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { type FileChanges, writeAtomically } from "@isoflop/train/node";
import { SweepError } from "../errors.js";
import { withFiles } from "./files.js";

/** What the system says of a path through a folder that was there before. */
const VANISHED: readonly (string | undefined)[] = ["ENOENT", "ESTALE", "ENOTDIR"];

export const hasVanished = (error: unknown): boolean => VANISHED.includes((error as NodeJS.ErrnoException).code);

/**
 * Changes to the files of a locked folder that only the lock's owner can make. Every change is a rename out of the lock or
 * into it, and the lock is itself a folder: once someone else has taken it away there is no such path, and the change fails
 * whole, even if its process stood still between looking and changing. What it was writing went with the lock.
 */
export class Fence implements FileChanges {
  constructor(
    /** The lock, a folder in the folder that it locks. */
    readonly lock: string,
  ) {}

  /** For what cannot be a rename. @throws SweepError `claim` if the lock is no longer there */
  check(): Promise<void> {
    return withFiles(this.lock, async () => {
      try {
        await stat(this.lock);
      } catch (error) {
        throw hasVanished(error) ? this.#lost(error) : error;
      }
    });
  }

  /** Puts a whole file in place. @throws SweepError `claim` if the lock is no longer there */
  write(file: string, chunks: Iterable<Uint8Array | string>): Promise<void> {
    return this.#change(file, () => writeAtomically(file, chunks, this.#inside(file)));
  }

  /** Takes a file away. @throws SweepError `claim` if the lock is no longer there */
  remove(file: string): Promise<void> {
    return this.#change(file, async () => {
      const away = this.#inside(file);
      try {
        await rename(file, away);
      } catch (error) {
        if (!hasVanished(error)) throw error;
        // Either the file is not there, and all is well, or the lock is not.
        await this.check();
      }
      await rm(away, { force: true });
    });
  }

  async #change(file: string, action: () => Promise<void>): Promise<void> {
    await this.check();
    await withFiles(file, async () => {
      try {
        await action();
      } catch (error) {
        if (hasVanished(error)) await this.check();
        throw error;
      }
    });
  }

  #inside(file: string): string {
    return path.join(this.lock, `${path.basename(file)}.${randomBytes(4).toString("hex")}.tmp`);
  }

  #lost(cause: unknown): SweepError {
    return new SweepError(
      "claim",
      `the lock on ${path.dirname(this.lock)} was lost: its process had not been heard of for too long, and another may work there now; nothing more was written`,
      { cause },
    );
  }
}

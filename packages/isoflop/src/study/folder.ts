import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type OpenOptions, type RunStore, SweepError } from "@isoflop/sweep";
import { type FolderLock, fileRunStore, lockFolder } from "@isoflop/sweep/node";
import type { Checkpoint } from "@isoflop/train";
import { fileCheckpoints, makeFolder, removeTemporaries } from "@isoflop/train/node";
import { readRecord } from "../files/read.js";
import type { DoneRun } from "../runs/point.js";
import { layoutOf } from "./layout.js";
import { readStudyPrediction, type StudyPrediction } from "./prediction.js";

/** Puts a whole file in place. */
export type Write = (file: string, content: string | Uint8Array) => Promise<void>;

export type Waiting = Pick<OpenOptions, "signal" | "onWait">;

const documents = /^(?:report\.html|summary\.json|prediction\.json|next-runs\.json)$/;
const figures = /^[\w-]+\.(?:svg|png|csv)$/;

/** Between two looks whether a living process has finished writing. */
const PATIENCE_MS = 100;

/** The folder of a study: its runs, and what is said about them. */
export class StudyFolder {
  readonly files: ReturnType<typeof layoutOf>;
  readonly store: RunStore;

  /** @param runs where its runs lie, if it is a folder of nothing but runs */
  constructor(
    readonly path: string,
    readonly waiting: Waiting = {},
    runs?: string,
  ) {
    const files = layoutOf(path);
    this.files = { ...files, runs: runs ?? files.runs };
    this.store = fileRunStore(this.files.runs);
  }

  /** Runs that are done, by id. */
  async done(): Promise<DoneRun[]> {
    return (await this.store.list()).filter((record) => record.state === "done");
  }

  /** The newest checkpoint of a run that is whole, if there is one. `rejected` are those that are not. */
  checkpoint(id: string): Promise<{ readonly checkpoint?: Checkpoint; readonly rejected: readonly Error[] }> {
    return fileCheckpoints(join(this.files.runs, id, "checkpoints")).latest();
  }

  /** What `prediction.json` says, undefined where there is none. @throws CliError, ScalingError for one that is none */
  prediction(): StudyPrediction | undefined {
    const record = recordIn(this.files.prediction, "a study's prediction");
    return record && readStudyPrediction(record);
  }

  /** What `summary.json` holds, undefined where there is none. @throws CliError for one that is no record */
  summary(): Readonly<Record<string, unknown>> | undefined {
    return recordIn(this.files.summary, "a study's summary; run isoflop reproduce again to write it");
  }

  /**
   * Writes at the top of the folder and in its `figures`, one process at a time: who finds another writing waits for it. What killed
   * ones left there goes.
   * @throws SweepError `store` or `path` if the folder cannot be written, the signal's reason when stopped
   */
  async change<T>(work: (write: Write) => Promise<T>): Promise<T> {
    await makeFolder(this.path);
    const lock = await this.#locked();
    try {
      await removeTemporaries(this.path, documents);
      await removeTemporaries(this.files.figures, figures);
      return await work((file, content) => lock.write(file, [content]));
    } finally {
      await lock.release();
    }
  }

  async #locked(): Promise<FolderLock> {
    const { signal, onWait } = this.waiting;
    for (let told = false; ; told = true) {
      try {
        return await lockFolder(this.path, this.waiting);
      } catch (error) {
        if (!(error instanceof SweepError && error.code === "busy")) throw error;
        if (!told) onWait?.(error.message);
      }
      await sleep(PATIENCE_MS, undefined, signal && { signal }).catch(() => {});
      signal?.throwIfAborted();
    }
  }
}

/** What a folder says of runs that were planned, undefined where it says nothing. @throws CliError for what is no record */
export const nextRunsIn = ({ files }: StudyFolder): Readonly<Record<string, unknown>> | undefined =>
  recordIn(files.nextRuns, "what plan-next wrote; move it away to begin anew");

const recordIn = (file: string, what: string) => (existsSync(file) ? readRecord(file, what) : undefined);

/** What `read` gives, undefined where it refuses: for what is about to be written anew. */
export const ifReadable = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};

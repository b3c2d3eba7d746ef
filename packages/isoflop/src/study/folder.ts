import { existsSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type OpenOptions, type RunRecord, type RunStore, SweepError } from "@isoflop/sweep";
import { type FolderLock, fileRunStore, lockFolder } from "@isoflop/sweep/node";
import type { Checkpoint } from "@isoflop/train";
import { fileCheckpoints, makeFolder, removeTemporaries } from "@isoflop/train/node";
import { readRecord } from "../files/read.js";
import type { DoneRun } from "../runs/point.js";
import { layoutOf, runsIn } from "./layout.js";
import { type Manifest, manifestIn, refuseStore, storeOf } from "./manifest.js";
import type { StudyPlan } from "./plan.js";
import { readStudyPredictions, type StudyPrediction } from "./prediction.js";

/** Puts a whole file in place. */
export type Write = (file: string, content: string | Uint8Array) => Promise<void>;

export type Waiting = Pick<OpenOptions, "signal" | "onWait">;

const documents = /^(?:study\.json|report\.html|summary\.json|prediction\.json|next-runs\.json)$/;
const figures = /^[\w-]+\.(?:svg|png|csv)$/;

/** Between two looks whether a living process has finished writing. */
const PATIENCE_MS = 100;

/** The folder of a study, or of nothing but runs: which runs it has, and what is said about them. */
export class StudyFolder {
  readonly files: ReturnType<typeof layoutOf>;
  /** Where its runs lie, and those of others. */
  readonly runs: string;
  readonly store: RunStore;
  #manifest: Manifest | undefined;

  /** @param runs where its runs lie, if its manifest does not say so */
  constructor(
    readonly path: string,
    readonly waiting: Waiting = {},
    runs?: string,
  ) {
    this.files = layoutOf(path);
    this.#manifest = manifestIn(path);
    this.runs = runs ?? (this.#manifest ? storeOf(path, this.#manifest) : runsIn(path));
    this.store = fileRunStore(this.runs);
  }

  /** What `study.json` says; undefined for a folder of nothing but runs. */
  get manifest(): Manifest | undefined {
    return this.#manifest;
  }

  /**
   * Runs that are done: those of its manifest, in its order; of a folder of nothing but runs all, by id.
   * @throws CliError for the store of studies, whose runs are those of several
   */
  async done(): Promise<DoneRun[]> {
    if (!this.#manifest) refuseStore(this.path);
    const records = this.#manifest ? await this.#own(this.#manifest) : await this.store.list();
    return records.filter((record) => record.state === "done");
  }

  async #own({ runs, added, heldOut }: Manifest): Promise<RunRecord[]> {
    const records: RunRecord[] = [];
    for (const id of new Set([...runs, ...added, ...heldOut])) {
      const record = await this.store.read(id);
      if (record) records.push(record);
    }
    return records;
  }

  /** Whether a study has written here, in this version or an older one. */
  get hasDocuments(): boolean {
    const { summary, prediction } = this.files;
    return [summary, prediction].some((file) => existsSync(file));
  }

  /** A path as this folder's documents have it: the same when both are moved together. */
  fromHere(path: string): string {
    return relative(this.path, path).split(sep).join("/") || ".";
  }

  /** The file of a study, where its paths begin and its modules, as a manifest has them. */
  written({
    file,
    base,
    modules,
  }: Pick<StudyPlan, "file" | "base" | "modules">): Pick<Manifest, "file" | "base" | "modules"> {
    const own = modules.map(({ path, digest }) => ({ path: this.fromHere(path), digest }));
    return { base: this.fromHere(base), file, modules: own };
  }

  /** Says which runs are the study's. @throws SweepError `store` or `path` if the folder cannot be written */
  async keepManifest(manifest: Manifest): Promise<void> {
    await this.change((write) => write(this.files.manifest, `${JSON.stringify(manifest, undefined, 2)}\n`));
    this.#manifest = manifest;
  }

  /** The newest checkpoint of a run that is whole, if there is one. `rejected` are those that are not. */
  checkpoint(id: string): Promise<{ readonly checkpoint?: Checkpoint; readonly rejected: readonly Error[] }> {
    return fileCheckpoints(join(this.runs, id, "checkpoints")).latest();
  }

  /** What `prediction.json` says, one for each held-out budget. @throws CliError, ScalingError for one that is none */
  predictions(): readonly StudyPrediction[] {
    const record = recordIn(this.files.prediction, "a study's predictions");
    return record ? readStudyPredictions(record) : [];
  }

  /** What `summary.json` holds, undefined where there is none. @throws CliError for one that is no record */
  summary(): Readonly<Record<string, unknown>> | undefined {
    return recordIn(this.files.summary, "a study's summary; run isoflop study again to write it");
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

import path from "node:path";
import { number, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import type { Checkpoint, CheckpointStore } from "../checkpoint.js";
import { check, TrainError } from "../errors.js";
import { inOrder, type StoredSnapshot } from "../snapshot.js";
import { type FileChanges, plainChanges, readArrays, readManifest, unreadable, writeArrays } from "./array-files.js";
import { listFolder, makeFolder, removeTemporaries } from "./atomic.js";
import { listSnapshots, snapshotFile, snapshotStem, storedSnapshot } from "./file-snapshots.js";

const manifest = { step: whole(), seconds: number({ atLeast: 0 }), spec: text };

const storeOptions = record({ keep: v.optional(whole({ atLeast: 1 }), 2), changes: v.optional(v.unknown()) });

const stem = (step: number): string => `step-${String(step).padStart(9, "0")}`;

/** Names of the files of checkpoints; group 1 is what the two files of one have in common. */
export const checkpointFile = /^(step-\d{9,})\.(?:json|safetensors)$/;

const stepOf = (name: string): number => Number(/\d+/.exec(name)![0]);

/**
 * Reads the checkpoint whose manifest is `step-N.json`.
 * @throws TrainError `checkpoint` naming the file and what is wrong: missing, truncated, altered or not a checkpoint; the
 * system's error if a file is there and cannot be read
 */
export const readCheckpoint = async (manifestFile: string): Promise<Checkpoint> => {
  const { bytes, sha256, ...about } = await readManifest(manifestFile, manifest);
  if (path.basename(manifestFile) !== `${stem(about.step)}.json`)
    throw unreadable(manifestFile, `it says that it is of step ${about.step}`);
  return { ...about, arrays: await readArrays(manifestFile, { bytes, sha256 }) };
};

/** Manifests in a folder, newest first. None if there is no folder. */
export const listCheckpoints = async (folder: string): Promise<readonly string[]> =>
  (await listFolder(folder))
    .filter((name) => name.endsWith(".json") && checkpointFile.test(name))
    .sort((a, b) => stepOf(b) - stepOf(a))
    .map((name) => path.join(folder, name));

/** Keeps the newest `keep` up to `step`. Later ones were rejected, or the run would not be here; parts without a manifest are remains of a crash. */
const removeAllBut = async (folder: string, step: number, keep: number, changes: FileChanges): Promise<void> => {
  const stems = (await listCheckpoints(folder)).map((file) => path.basename(file, ".json"));
  const kept = new Set(stems.filter((name) => stepOf(name) <= step).slice(0, keep));
  for (const name of [...(await listFolder(folder))].sort()) {
    const of = checkpointFile.exec(name)?.[1];
    if (of !== undefined && !kept.has(of)) await changes.remove(path.join(folder, name));
  }
};

/**
 * Checkpoints as files: `step-N.safetensors` (any safetensors reader opens it) and `step-N.json`, the newest `keep` of
 * them; snapshots as `snapshot-N-WIDTH.safetensors` and `.json`, all of them. A file that was cut short or altered is told apart by its length and SHA-256, and the one before is used. One
 * process at a time may save to a folder.
 * @throws TrainError `spec` unless keep is a whole number of at least 1
 */
export const fileCheckpoints = (
  folder: string,
  options: { readonly keep?: number; readonly changes?: FileChanges } = {},
): Required<CheckpointStore> => {
  const { keep } = check(storeOptions, options, "options");
  const { changes = plainChanges } = options;
  return {
    async save({ step, seconds, spec, arrays }) {
      await makeFolder(folder);
      await writeArrays(path.join(folder, stem(step)), { step, seconds, spec }, arrays, changes);
      await removeAllBut(folder, step, keep, changes);
      await removeTemporaries(folder, checkpointFile);
      await removeTemporaries(folder, snapshotFile);
    },
    async latest() {
      const rejected: TrainError[] = [];
      for (const file of await listCheckpoints(folder))
        try {
          return { checkpoint: await readCheckpoint(file), rejected };
        } catch (error) {
          if (!(error instanceof TrainError)) throw error;
          rejected.push(error);
        }
      return { rejected };
    },
    async keep({ arrays, ...about }) {
      await makeFolder(folder);
      await writeArrays(path.join(folder, snapshotStem(about)), about, arrays, changes);
    },
    async snapshots() {
      const found: StoredSnapshot[] = [];
      for (const file of await listSnapshots(folder)) found.push(await storedSnapshot(file));
      return inOrder(found);
    },
  };
};

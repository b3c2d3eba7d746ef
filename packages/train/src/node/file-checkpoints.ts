import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { number, record, text, whole } from "@isoflop/spec";
import { openSafetensors, safetensorsChunks, type Writable } from "@isoflop/tensor";
import * as v from "valibot";
import type { Checkpoint, CheckpointStore, SavedArray } from "../checkpoint.js";
import { check, TrainError } from "../errors.js";
import { listFolder, makeFolder, removeTemporaries, writeAtomically } from "./atomic.js";

/** What the JSON beside a checkpoint's tensors says. It is written last: a checkpoint without it does not exist. */
const manifest = record({
  step: whole(),
  seconds: number({ atLeast: 0 }),
  spec: text,
  bytes: whole(),
  sha256: text,
});

const storeOptions = record({ keep: v.optional(whole({ atLeast: 1 }), 2), changes: v.optional(v.unknown()) });

const stem = (step: number): string => `step-${String(step).padStart(9, "0")}`;

/** Names of the files of checkpoints; group 1 is what the two files of one have in common. */
export const checkpointFile = /^(step-\d{9,})\.(?:json|safetensors)$/;

const stepOf = (name: string): number => Number(/\d+/.exec(name)![0]);

/** How files of checkpoints come and go. */
export interface FileChanges {
  /** Puts a whole file in place, or leaves what was there. */
  write(file: string, chunks: Iterable<Uint8Array | string>): Promise<void>;
  remove(file: string): Promise<void>;
}

const plainChanges: FileChanges = {
  write: (file, chunks) => writeAtomically(file, chunks),
  remove: (file) => rm(file, { force: true }),
};

/** Chunks as they pass, digested. */
const digested = (chunks: Iterable<Uint8Array>) => {
  const hash = createHash("sha256");
  let bytes = 0;
  return {
    *chunks(): Generator<Uint8Array> {
      for (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    },
    result: () => ({ bytes, sha256: hash.digest("hex") }),
  };
};

const unreadable = (file: string, why: string, cause?: unknown): TrainError =>
  new TrainError("checkpoint", `${file} is not a whole checkpoint: ${why}`, { cause });

/** @throws TrainError `checkpoint` if the file is missing; other errors of the system say nothing about the checkpoint */
const readPart = (file: string): Promise<Buffer> =>
  readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? unreadable(file, "the file is missing", error) : error;
  });

/** What `read` makes of a part. @throws TrainError `checkpoint` saying what is wrong with it */
const parsed = async <T>(file: string, read: () => T | Promise<T>): Promise<T> => {
  try {
    return await read();
  } catch (error) {
    throw unreadable(file, error instanceof Error ? error.message : String(error), error);
  }
};

/**
 * Reads the checkpoint whose manifest is `step-N.json`.
 * @throws TrainError `checkpoint` naming the file and what is wrong: missing, truncated, altered or not a checkpoint; the
 * system's error if a file is there and cannot be read
 */
export const readCheckpoint = async (manifestFile: string): Promise<Checkpoint> => {
  const tensorFile = manifestFile.replace(/\.json$/, ".safetensors");
  const json = await readPart(manifestFile);
  const { bytes, sha256, ...about } = await parsed(manifestFile, () =>
    check(manifest, JSON.parse(json.toString("utf8")), "manifest"),
  );
  if (path.basename(manifestFile) !== `${stem(about.step)}.json`)
    throw unreadable(manifestFile, `it says that it is of step ${about.step}`);
  const content = await readPart(tensorFile);
  if (content.length !== bytes) throw unreadable(tensorFile, `it has ${content.length} bytes; ${bytes} were written`);
  if (createHash("sha256").update(content).digest("hex") !== sha256)
    throw unreadable(tensorFile, "its SHA-256 is not that of what was written");
  const arrays = await parsed(tensorFile, async () => {
    const file = await openSafetensors(content);
    const entries = file.names.map(
      async (name): Promise<[string, SavedArray]> => [
        name,
        { shape: file.describe(name).shape, data: await file.float32(name) },
      ],
    );
    return Object.fromEntries(await Promise.all(entries));
  });
  return { ...about, arrays };
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
 * them. A file that was cut short or altered is told apart by its length and SHA-256, and the one before is used. One
 * process at a time may save to a folder.
 * @throws TrainError `spec` unless keep is a whole number of at least 1
 */
export const fileCheckpoints = (
  folder: string,
  options: { readonly keep?: number; readonly changes?: FileChanges } = {},
): CheckpointStore => {
  const { keep } = check(storeOptions, options, "options");
  const { changes = plainChanges } = options;
  return {
    async save({ step, seconds, spec, arrays }) {
      await makeFolder(folder);
      const file = path.join(folder, stem(step));
      const tensors: Record<string, Writable> = {};
      for (const [name, { shape, data }] of Object.entries(arrays)) tensors[name] = { shape, data, format: "F32" };
      const content = digested(safetensorsChunks(tensors, { step: String(step) }));
      await changes.write(`${file}.safetensors`, content.chunks());
      const about: v.InferInput<typeof manifest> = { step, seconds, spec, ...content.result() };
      await changes.write(`${file}.json`, [`${JSON.stringify(about)}\n`]);
      await removeAllBut(folder, step, keep, changes);
      await removeTemporaries(folder, checkpointFile);
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
  };
};

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { openSafetensors, safetensorsChunks, type Writable } from "@isoflop/tensor";
import type { Checkpoint, CheckpointStore, SavedArray } from "../checkpoint.js";
import { TrainError } from "../errors.js";
import { integer, number, record, text, withDefault } from "../fields.js";
import { writeAtomically } from "./atomic.js";

/** What the JSON beside a checkpoint's tensors says. It is written last: a checkpoint without it does not exist. */
interface Manifest {
  readonly step: number;
  readonly seconds: number;
  readonly spec: string;
  readonly bytes: number;
  readonly sha256: string;
}

const manifest = record<Manifest>({
  step: integer(0),
  seconds: number(0, Infinity),
  spec: text,
  bytes: integer(0),
  sha256: text,
});

const stem = (step: number): string => `step-${String(step).padStart(9, "0")}`;
const MANIFEST = /^step-(\d{9,})\.json$/;

/** The step of every file that this module writes, finished or left by a crash. */
const OWN = /^step-(\d{9,})\.(json|safetensors)(\.\d+\.[0-9a-f]+\.tmp)?$/;

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

/**
 * Reads the checkpoint whose manifest is `step-N.json`.
 * @throws TrainError `checkpoint` naming the file and what is wrong: missing, truncated, altered or not a checkpoint
 */
export const readCheckpoint = async (manifestFile: string): Promise<Checkpoint> => {
  const tensorFile = manifestFile.replace(/\.json$/, ".safetensors");
  let about: Manifest;
  try {
    about = manifest(JSON.parse(await readFile(manifestFile, "utf8")), "manifest");
  } catch (error) {
    throw unreadable(manifestFile, error instanceof Error ? error.message : String(error), error);
  }
  if (path.basename(manifestFile) !== `${stem(about.step)}.json`)
    throw unreadable(manifestFile, `it says that it is of step ${about.step}`);
  const content = await readFile(tensorFile).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(tensorFile, error.code === "ENOENT" ? "the file is missing" : error.message, error);
  });
  if (content.length !== about.bytes)
    throw unreadable(tensorFile, `it has ${content.length} bytes; ${about.bytes} were written`);
  if (createHash("sha256").update(content).digest("hex") !== about.sha256)
    throw unreadable(tensorFile, "its SHA-256 is not that of what was written");
  const file = await openSafetensors(content);
  const arrays: Record<string, SavedArray> = {};
  for (const name of file.names) arrays[name] = { shape: file.describe(name).shape, data: await file.float32(name) };
  return { step: about.step, seconds: about.seconds, spec: about.spec, arrays };
};

/** Manifests in a folder, newest first. None if there is no folder. */
export const listCheckpoints = async (folder: string): Promise<readonly string[]> => {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names
    .flatMap((name) => MANIFEST.exec(name)?.[1] ?? [])
    .sort((a, b) => Number(b) - Number(a))
    .map((step) => path.join(folder, `step-${step}.json`));
};

/** Keeps the newest `keep` up to `step`. Later ones were rejected, or the run would not be here; parts without a manifest are remains of a crash. */
const removeAllBut = async (folder: string, step: number, keep: number): Promise<void> => {
  const steps = (await listCheckpoints(folder)).map((file) => Number(MANIFEST.exec(path.basename(file))![1]));
  const kept = new Set(steps.filter((at) => at <= step).slice(0, keep));
  for (const name of (await readdir(folder)).sort()) {
    const own = OWN.exec(name);
    if (own && !kept.has(Number(own[1]))) await rm(path.join(folder, name), { force: true });
  }
};

/**
 * Checkpoints as files: `step-N.safetensors` (any safetensors reader opens it) and `step-N.json`, the newest `keep` of
 * them. A file that was cut short or altered is told apart by its length and SHA-256, and the one before is used.
 * @throws TrainError `spec` unless keep is a whole number of at least 1
 */
export const fileCheckpoints = (folder: string, options: { readonly keep?: number } = {}): CheckpointStore => {
  const { keep } = record<{ readonly keep: number }>({ keep: withDefault(integer(1), 2) })(options, "options");
  return {
    async save({ step, seconds, spec, arrays }) {
      await mkdir(folder, { recursive: true });
      const file = path.join(folder, stem(step));
      const tensors: Record<string, Writable> = {};
      for (const [name, { shape, data }] of Object.entries(arrays)) tensors[name] = { shape, data, format: "F32" };
      const content = digested(safetensorsChunks(tensors, { step: String(step) }));
      await writeAtomically(`${file}.safetensors`, content.chunks());
      const about: Manifest = { step, seconds, spec, ...content.result() };
      await writeAtomically(`${file}.json`, [`${JSON.stringify(about)}\n`]);
      await removeAllBut(folder, step, keep);
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

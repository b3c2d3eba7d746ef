import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { record, text, whole } from "@isoflop/spec";
import { openSafetensors, safetensorsChunks, type Writable } from "@isoflop/tensor";
import type * as v from "valibot";
import type { SavedArray } from "../arrays.js";
import { check, TrainError } from "../errors.js";
import { writeAtomically } from "./atomic.js";

/** How files of checkpoints come and go. */
export interface FileChanges {
  /** Puts a whole file in place, or leaves what was there. */
  write(file: string, chunks: Iterable<Uint8Array | string>): Promise<void>;
  remove(file: string): Promise<void>;
}

export const plainChanges: FileChanges = {
  write: (file, chunks) => writeAtomically(file, chunks),
  remove: (file) => rm(file, { force: true }),
};

type Arrays = Readonly<Record<string, SavedArray>>;

/** What the JSON beside tensors says of them. It is written last: tensors without it do not exist. */
const written = { bytes: whole(), sha256: text };

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

export const unreadable = (file: string, why: string, cause?: unknown): TrainError =>
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

/** Puts arrays into `STEM.safetensors` and, after it, what there is to say about them into `STEM.json`. */
export const writeArrays = async (
  stem: string,
  about: Readonly<Record<string, unknown>> & { readonly step: number },
  arrays: Arrays,
  changes: FileChanges,
): Promise<void> => {
  const tensors: Record<string, Writable> = {};
  for (const [name, { shape, data }] of Object.entries(arrays)) tensors[name] = { shape, data, format: "F32" };
  const content = digested(safetensorsChunks(tensors, { step: String(about.step) }));
  await changes.write(`${stem}.safetensors`, content.chunks());
  await changes.write(`${stem}.json`, [`${JSON.stringify({ ...about, ...content.result() })}\n`]);
};

/** What a manifest says, `entries` of the caller's and how its tensors were written. @throws TrainError `checkpoint` naming the file and what is wrong */
export const readManifest = async <const E extends v.ObjectEntries>(file: string, entries: E) => {
  const schema = record({ ...entries, ...written });
  const json = await readPart(file);
  return parsed(file, () => check(schema, JSON.parse(json.toString("utf8")), "manifest")) as Promise<
    v.InferOutput<v.StrictObjectSchema<E, undefined>> & { readonly bytes: number; readonly sha256: string }
  >;
};

/** The arrays that a manifest tells of. @throws TrainError `checkpoint` for a file that is missing, truncated or altered */
export const readArrays = async (
  manifestFile: string,
  { bytes, sha256 }: { readonly bytes: number; readonly sha256: string },
): Promise<Arrays> => {
  const file = manifestFile.replace(/\.json$/, ".safetensors");
  const content = await readPart(file);
  if (content.length !== bytes) throw unreadable(file, `it has ${content.length} bytes; ${bytes} were written`);
  if (createHash("sha256").update(content).digest("hex") !== sha256)
    throw unreadable(file, "its SHA-256 is not that of what was written");
  return parsed(file, async () => {
    const opened = await openSafetensors(content);
    const entries = opened.names.map(
      async (name): Promise<[string, SavedArray]> => [
        name,
        { shape: opened.describe(name).shape, data: await opened.float32(name) },
      ],
    );
    return Object.fromEntries(await Promise.all(entries));
  });
};

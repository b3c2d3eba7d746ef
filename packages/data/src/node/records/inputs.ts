import { createHash, randomUUID } from "node:crypto";
import { type BigIntStats, createReadStream } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { gathered, inOrder } from "../../finite/in-order.js";
import type { Opening } from "../../opening.js";
import type { SourceFile } from "../../source.js";
import { sha256 } from "../hash.js";
import { ownCacheFolder } from "../own-folder.js";
import { sealOf } from "./appender.js";

/** A file of a data set. */
export interface InputFile {
  readonly path: string;
  /** Its name within the set, with "/" between folders. */
  readonly name: string;
}

/** What the files of a data set hold. */
export interface Inputs {
  /** Of their names and contents. */
  readonly sha256: string;
  /** Each file, or all of many as one. */
  readonly files: readonly SourceFile[];
}

const MOST_LISTED = 64;
const AT_ONCE = 8;

/** Inputs that can be asked whether they are still the same. */
export interface WatchedInputs extends Inputs {
  /** @throws Error naming the file that has changed since */
  check(): Promise<void>;
}

/** The digest of files, which are read unless they are known not to have changed since they were. @throws the signal's reason, Error of the file system */
export const inputsOf = async (files: readonly InputFile[], opening: Opening): Promise<WatchedInputs> => {
  const now = Date.now();
  const found = await statOf(files);
  const seals = found.map(sealOf);
  const check = async (): Promise<void> => {
    const changed = (await statOf(files)).findIndex((now, i) => sealOf(now) !== seals[i]);
    if (changed >= 0) throw new Error(`${files[changed]!.path} was changed while it was read; run the same again`);
  };
  return { ...(await known(files, found, seals, now, opening)), check };
};

const statOf = (files: readonly InputFile[]): Promise<BigIntStats[]> =>
  gathered(inOrder(files, AT_ONCE, (file) => stat(file.path, { bigint: true })));

const known = async (
  files: readonly InputFile[],
  found: readonly BigIntStats[],
  seals: readonly string[],
  now: number,
  opening: Opening,
): Promise<Inputs> => {
  const listing = sha256(JSON.stringify(files.map(({ path: file, name }, i) => [file, name, seals[i]])));
  const folder = await knownFolder(opening);
  const memo = folder === undefined ? undefined : path.join(folder, `${listing}.json`);
  const remembered = memo && (await remember(memo));
  if (remembered) return remembered;
  const sizes = found.map(({ size }) => Number(size));
  const inputs = await readInputs(files, sizes, opening);
  // A file that was written a moment ago may be written again within one tick of the file system's clock.
  if (memo && found.every(({ ctimeMs }) => now - Number(ctimeMs) > TICK)) await keep(memo, inputs);
  return inputs;
};

/** Milliseconds: the coarsest clock of a file system in use. */
const TICK = 2000;

const readInputs = async (files: readonly InputFile[], sizes: readonly number[], { onProgress, signal }: Opening) => {
  const of = sizes.reduce((sum, size) => sum + size, 0);
  let done = 0;
  const hashOf = async ({ path: file, name }: InputFile, size: number): Promise<SourceFile> => {
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const chunk of chunksOf(file, size)) {
      signal?.throwIfAborted();
      hash.update(chunk);
      bytes += chunk.length;
      done += chunk.length;
      onProgress?.({ stage: "reading", done, of, unit: "bytes" });
    }
    return { path: name, bytes, sha256: hash.digest("hex") };
  };
  const all = await gathered(inOrder(files.keys(), AT_ONCE, (at) => hashOf(files[at]!, sizes[at]!)));
  const digest = sha256(JSON.stringify(all.map((file) => [file.path, file.sha256])));
  const listed = all.length <= MOST_LISTED ? all : [{ path: `${all.length} files`, bytes: done, sha256: digest }];
  return { sha256: digest, files: listed };
};

const CHUNK = 1 << 20;

/** A small file is read at once: a stream costs more than all of it. */
const chunksOf = (file: string, size: number): AsyncIterable<Buffer> | Iterable<Promise<Buffer>> =>
  size <= CHUNK ? [readFile(file)] : createReadStream(file, { highWaterMark: CHUNK });

const knownFolder = async ({ cacheFolder }: Opening): Promise<string | undefined> => {
  if (cacheFolder === undefined) return ownCacheFolder("known").catch(() => undefined);
  const folder = path.join(cacheFolder, "known");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
};

const remember = (memo: string): Promise<Inputs | undefined> =>
  readFile(memo, "utf8").then(
    (text) => JSON.parse(text) as Inputs,
    () => undefined,
  );

const keep = async (memo: string, inputs: Inputs): Promise<void> => {
  const half = `${memo}.${randomUUID()}.half`;
  try {
    await writeFile(half, JSON.stringify(inputs), { flag: "wx", mode: 0o600, flush: true });
    await rename(half, memo);
  } finally {
    await rm(half, { force: true });
  }
};

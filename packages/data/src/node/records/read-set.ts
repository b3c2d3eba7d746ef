import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readFile } from "node:fs/promises";
import { HASH_BYTES } from "../../finite/hash.js";
import { type RecordStore, valuesOf } from "../../finite/store.js";
import { sha256 } from "../hash.js";
import { isOwn } from "../own-folder.js";
import { sealOf } from "./appender.js";
import { bytesOf, fileStore } from "./file-store.js";
import { SET_VERSION, type SetHead, setFiles } from "./set-files.js";

/** A set whose records lie in a file. Hashes, names and captions are in memory. */
export interface StoredSet {
  readonly head: SetHead;
  readonly store: RecordStore;
  readonly hashes: Uint8Array;
  nameOf(record: number): string;
  captionOf(record: number): string;
}

/**
 * The set in a folder, or undefined where it is not whole: cut short, damaged, of another version or another's. Records whose file has
 * changed its seal, as a copy has, count when each still has its hash.
 */
export const readSet = async (folder: string, key: string): Promise<StoredSet | undefined> => {
  try {
    return await wholeSet(setFiles(folder), key);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
};

const wholeSet = async (files: ReturnType<typeof setFiles>, key: string): Promise<StoredSet | undefined> => {
  const head = parsedHead(await readFile(files.head, "utf8"));
  if (head?.version !== SET_VERSION || head.key !== key) return undefined;
  const [hashes, texts, lengths] = await Promise.all([
    readFile(files.hashes),
    readFile(files.texts),
    readFile(files.lengths),
  ]);
  const { sha256: stated, ...body } = head;
  if (sha256(hashes, texts, lengths, JSON.stringify(body)) !== stated) return undefined;
  const found = await lstat(files.records, { bigint: true });
  if (!found.isFile() || !isOwn({ uid: Number(found.uid) })) return undefined;
  const bytes = valuesOf(head.shape) * bytesOf[head.values];
  if (found.size !== BigInt(head.count * bytes)) return undefined;
  if (sealOf(found) !== head.seal && !(await hasHashes(files.records, bytes, hashes))) return undefined;
  const ends = endsOf(lengths);
  const textAt = (at: number): string => texts.toString("utf8", at === 0 ? 0 : ends[at - 1]!, ends[at]);
  return {
    ...{ head, hashes },
    store: fileStore({ path: files.records, values: head.values, count: head.count, shape: head.shape }),
    nameOf: (record) => textAt(2 * record),
    captionOf: (record) => textAt(2 * record + 1),
  };
};

const parsedHead = (text: string): SetHead | undefined => {
  try {
    return (JSON.parse(text) ?? undefined) as SetHead | undefined;
  } catch {
    return undefined;
  }
};

/** Where each text ends. */
const endsOf = (lengths: Buffer): Float64Array => {
  const ends = new Float64Array(lengths.length / 4);
  let end = 0;
  for (let i = 0; i < ends.length; i++) {
    end += lengths.readUInt32LE(4 * i);
    ends[i] = end;
  }
  return ends;
};

/** Whether each record of a file has its hash. */
const hasHashes = async (file: string, bytes: number, hashes: Uint8Array): Promise<boolean> => {
  let [hash, filled, record] = [createHash("sha256"), 0, 0];
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>)
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + bytes - filled);
      hash.update(part);
      at += part.length;
      filled += part.length;
      if (filled < bytes) continue;
      if (hash.digest().compare(hashes, record * HASH_BYTES, (record + 1) * HASH_BYTES) !== 0) return false;
      [hash, filled, record] = [createHash("sha256"), 0, record + 1];
    }
  return true;
};

import { mkdtemp, open, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { crc32 } from "node:zlib";
import type { ByteSource } from "@isoflop/tensor/safetensors";
import type { Entry, ZipFile } from "yauzl";
import type { ArrayFile, StoredArray } from "./array.js";
import { bytesOf, type FileBytes, openBytes, partOf } from "./file-bytes.js";
import { openNpy } from "./npy.js";

const STORED = 0;
const DEFLATED = 8;

/**
 * The arrays of a zip file as `numpy.savez` and `savez_compressed` write it. What is stored is read where it lies; what is deflated is
 * written out to a temporary file once, which goes when the file is closed.
 * @throws Error naming the file and what is wrong with the archive
 */
export const openNpz = async (file: string): Promise<ArrayFile> => {
  // CommonJS, which a program bundled as one ES module cannot load: only who reads such a file needs it.
  const { openPromise } = await import("yauzl");
  const zip = await openPromise(file, { autoClose: false, validateEntrySizes: true }).catch((cause: Error) => {
    throw cause.message.startsWith("ENOENT") ? cause : new Error(`${file} is no npz file: ${cause.message}`, { cause });
  });
  const opened: FileBytes[] = [];
  try {
    const entries = new Map<string, Entry>();
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName.replace(/\.npy$/, "");
      if (entries.has(name)) throw new Error(`it has two members "${name}"`);
      if (name !== entry.fileName) entries.set(name, entry);
    }
    const whole = await openBytes(file);
    opened.push(whole);
    return {
      path: file,
      bytes: zip.fileSize,
      names: [...entries.keys()],
      async array(name): Promise<StoredArray> {
        const entry = entries.get(name);
        const told = `${file}, "${name}"`;
        if (!entry) throw noArray(file, name, [...entries.keys()]);
        const method = entry.compressionMethod;
        if (entry.isEncrypted() || (method !== STORED && method !== DEFLATED))
          throw new Error(
            `${told} is ${entry.isEncrypted() ? "encrypted" : `packed by method ${method}`}; it must be stored or deflated`,
          );
        return openNpy(await memberOf(zip, entry, whole, opened, told), told);
      },
      async close() {
        zip.close();
        for (const bytes of opened) await bytes.close();
      },
    };
  } catch (error) {
    zip.close();
    for (const bytes of opened) await bytes.close();
    throw new Error(`${file} is no whole npz file: ${(error as Error).message}`, { cause: error });
  }
};

/** @throws Error that there is none of the name, with those there are */
export const noArray = (file: string, name: string, names: readonly string[]): Error =>
  new Error(`${file} has no array "${name}"; it has ${names.map((known) => `"${known}"`).join(", ") || "none"}`);

const memberOf = async (
  zip: ZipFile,
  entry: Entry,
  whole: ByteSource,
  opened: FileBytes[],
  told: string,
): Promise<ByteSource> => {
  const target = entry.compressionMethod === STORED ? undefined : await temporary();
  try {
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    let crc = 0;
    for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
      crc = crc32(chunk, crc);
      await target?.writeFile(chunk);
    }
    if (crc !== entry.crc32) throw new Error("its checksum (CRC-32) is not that of what was written");
    if (!target) return partOf(whole, fileDataStart, entry.uncompressedSize);
  } catch (cause) {
    await target?.close();
    throw new Error(`${told} is damaged: ${(cause as Error).message}`, { cause });
  }
  const bytes = await bytesOf(target);
  opened.push(bytes);
  return bytes;
};

/** A file of this process alone, which goes with its handle. */
const temporary = async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "isoflop-npz-"));
  const handle = await open(path.join(folder, "array.npy"), "wx+", 0o600);
  const close = handle.close.bind(handle);
  // Where an open file may be removed, nothing stays even of a process that is killed.
  await rm(folder, { recursive: true, force: true }).catch(() => {});
  handle.close = async () => {
    await close();
    await rm(folder, { recursive: true, force: true });
  };
  return handle;
};

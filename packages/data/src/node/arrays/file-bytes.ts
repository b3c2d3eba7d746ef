import { type FileHandle, open } from "node:fs/promises";
import type { ByteSource } from "@isoflop/tensor/safetensors";

/** A file that is open, as bytes that are read where they are asked for. */
export interface FileBytes extends ByteSource {
  close(): Promise<void>;
}

/** @throws the system's error when it cannot be opened */
export const openBytes = async (path: string): Promise<FileBytes> => bytesOf(await open(path, "r"));

/** The bytes of a handle, which is closed with them. */
export const bytesOf = async (handle: FileHandle): Promise<FileBytes> => {
  const { size } = await handle.stat();
  return {
    size,
    async read(offset, length) {
      const bytes = Buffer.alloc(length);
      let at = 0;
      // A read gives what there is, at most 2 GiB of it.
      while (at < length) {
        const { bytesRead } = await handle.read(bytes, at, Math.min(length - at, 2 ** 30), offset + at);
        if (bytesRead === 0) break;
        at += bytesRead;
      }
      return bytes.subarray(0, at);
    },
    close: () => handle.close(),
  };
};

/** `length` bytes of a source from `start` on, as a source. */
export const partOf = (source: ByteSource, start: number, length: number): ByteSource => ({
  size: length,
  read: (offset, count) => source.read(start + offset, Math.max(0, Math.min(count, length - offset))),
});

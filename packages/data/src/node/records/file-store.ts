import { closeSync, openSync, readSync } from "node:fs";
import { type RecordStore, valuesOf, writeLevels } from "../../finite/store.js";

/** How the records of a file are stored: one after the other, without anything between them. */
export interface RecordFile {
  readonly path: string;
  /** Levels 0 … 255 in bytes, read as [-1, 1], or little-endian 32-bit floats, read as they are. */
  readonly values: "u8" | "f32";
  readonly count: number;
  readonly shape: RecordStore["shape"];
  /** Where the first record begins, in bytes; 0 if not given. */
  readonly offset?: number;
}

/** Bytes of a value. */
export const bytesOf = { u8: 1, f32: 4 } as const;

/** A file is closed once nobody can read its store any more. */
const forgotten = new FinalizationRegistry<number>((file) => closeSync(file));

/**
 * A store that reads each record from its file when it is asked for, so that memory holds one record, and the operating system as
 * much of the file as it has room for. @throws Error when the file cannot be opened or ends before a record does
 */
export const fileStore = ({ path, values, count, shape, offset = 0 }: RecordFile): RecordStore => {
  const file = openSync(path, "r");
  const each = valuesOf(shape);
  const bytes = new Uint8Array(each * bytesOf[values]);
  const floats = values === "f32" ? new Float32Array(bytes.buffer) : undefined;
  const store: RecordStore = {
    count,
    shape,
    read(index, out, at) {
      fill(file, bytes, offset + index * bytes.length, path);
      if (floats) out.set(floats, at);
      else writeLevels(bytes, 0, each, out, at);
    },
  };
  forgotten.register(store, file);
  return store;
};

const fill = (file: number, bytes: Uint8Array, position: number, path: string): void => {
  for (let done = 0; done < bytes.length; ) {
    const read = readSync(file, bytes, done, bytes.length - done, position + done);
    if (read === 0) throw new Error(`${path} ends at byte ${position + done}, within a record; was it changed?`);
    done += read;
  }
};

import { closeSync, fstatSync, fsyncSync, openSync, writeSync } from "node:fs";

/** Bytes that are gathered before they are written. */
const CHUNK = 1 << 20;

/** A new file of this user's own to which bytes are appended. */
export class Appender {
  readonly #file: number;
  readonly #chunk = new Uint8Array(CHUNK);
  #filled = 0;

  /** @throws Error when there is such a file already */
  constructor(path: string) {
    this.#file = openSync(path, "wx", 0o600);
  }

  append(bytes: Uint8Array): void {
    if (this.#filled + bytes.length > CHUNK) this.#flush();
    if (bytes.length > CHUNK) this.#write(bytes);
    else {
      this.#chunk.set(bytes, this.#filled);
      this.#filled += bytes.length;
    }
  }

  /** Ends the file, once all of it is on the disk. */
  end(): void {
    this.#flush();
    fsyncSync(this.#file);
  }

  /** When the file was last written, and which file it is. */
  seal(): Seal {
    return sealOf(fstatSync(this.#file, { bigint: true }));
  }

  close(): void {
    closeSync(this.#file);
  }

  #flush(): void {
    this.#write(this.#chunk.subarray(0, this.#filled));
    this.#filled = 0;
  }

  #write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done);
  }
}

/** What changes whenever a file's content does, short of a clock that is set back: size, inode and both of its times. */
export type Seal = string;

export const sealOf = (found: {
  readonly size: bigint;
  readonly ino: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}): Seal => [found.size, found.ino, found.mtimeNs, found.ctimeNs].join("-");

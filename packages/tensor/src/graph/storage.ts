import { TensorError } from "../errors.js";

/** What a storage asks of the device that owns it. */
export interface StorageOwner {
  readonly name: string;
  read(tensor: unknown): Promise<unknown>;
  free(storage: Storage): void;
}

/** Memory holding one computed value. Freed by `release`, never by the garbage collector: V8 cannot see a GPU buffer's size. */
export class Storage<B = unknown> {
  #buffer: B | undefined;
  constructor(
    readonly device: StorageOwner,
    buffer: B,
    /** Named in the error when the value is used after `dispose`. */
    readonly label: string,
  ) {
    this.#buffer = buffer;
  }

  get disposed(): boolean {
    return this.#buffer === undefined;
  }

  get buffer(): B {
    if (this.#buffer === undefined)
      throw new TensorError("disposed", `${this.label} was used after it was disposed (or donated to a program)`);
    return this.#buffer;
  }

  release(): void {
    if (this.#buffer === undefined) return;
    this.device.free(this);
    this.#buffer = undefined;
  }

  /** Gives the memory to a new owner: this handle is disposed, the buffer lives on. */
  take(): B {
    const buffer = this.buffer;
    this.#buffer = undefined;
    return buffer;
  }
}

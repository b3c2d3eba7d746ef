import { TensorError } from "../../errors.js";

/** Blocks start on cache lines. */
const ALIGNMENT = 64;
const PAGE = 65536;
const MAX_BYTES = 2 ** 32;
/** Vector loads may read past the end of a buffer; the last bytes of memory are never handed out. */
const GUARD = 256;

const roundUp = (bytes: number, to: number): number => Math.ceil(bytes / to) * to;

/**
 * First-fit allocator over one WebAssembly memory. Free blocks are kept sorted by address and merged with their
 * neighbours; the memory grows when no block fits.
 */
export class Allocator {
  /** Addresses and sizes of free blocks, by address. */
  readonly #addresses: number[] = [];
  readonly #sizes: number[] = [];
  readonly #used = new Map<number, number>();
  #end: number;

  constructor(
    readonly memory: WebAssembly.Memory,
    readonly base: number,
  ) {
    this.#end = memory.buffer.byteLength - GUARD;
    this.#addresses.push(base);
    this.#sizes.push(this.#end - base);
  }

  /**
   * Address of `bytes` fresh bytes, 64-byte aligned.
   * @throws TensorError `limit` when 4 GiB or the machine's memory are exhausted.
   */
  allocate(bytes: number): number {
    const size = Math.max(ALIGNMENT, roundUp(bytes, ALIGNMENT));
    let i = this.#sizes.findIndex((free) => free >= size);
    if (i < 0) {
      this.#grow(size);
      i = this.#sizes.length - 1;
    }
    const address = this.#addresses[i]!;
    const rest = this.#sizes[i]! - size;
    if (rest > 0) {
      this.#addresses[i] = address + size;
      this.#sizes[i] = rest;
    } else {
      this.#addresses.splice(i, 1);
      this.#sizes.splice(i, 1);
    }
    this.#used.set(address, size);
    return address;
  }

  /** @throws TensorError `disposed` when nothing is allocated at `address`. */
  free(address: number): void {
    const size = this.#used.get(address);
    if (size === undefined)
      throw new TensorError("disposed", `wasm memory: nothing is allocated at address ${address}; was it freed twice?`);
    this.#used.delete(address);
    this.#release(address, size);
  }

  #release(address: number, size: number): void {
    let low = 0;
    for (let high = this.#addresses.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (this.#addresses[middle]! < address) low = middle + 1;
      else high = middle;
    }
    const joinsNext = this.#addresses[low] === address + size;
    const joinsPrevious = low > 0 && this.#addresses[low - 1]! + this.#sizes[low - 1]! === address;
    if (joinsPrevious) {
      this.#sizes[low - 1]! += size + (joinsNext ? this.#sizes[low]! : 0);
      if (joinsNext) {
        this.#addresses.splice(low, 1);
        this.#sizes.splice(low, 1);
      }
    } else if (joinsNext) {
      this.#addresses[low] = address;
      this.#sizes[low]! += size;
    } else {
      this.#addresses.splice(low, 0, address);
      this.#sizes.splice(low, 0, size);
    }
  }

  /** Grows the memory until its last free block has `size` bytes. */
  #grow(size: number): void {
    const last = this.#sizes.length - 1;
    const tail = last >= 0 && this.#addresses[last]! + this.#sizes[last]! === this.#end ? this.#sizes[last]! : 0;
    const missing = roundUp(size - tail, PAGE);
    const current = this.memory.buffer.byteLength;
    if (current + missing > MAX_BYTES)
      throw new TensorError(
        "limit",
        `wasm memory: ${size} bytes do not fit; ${current} bytes are reserved and WebAssembly memory ends at ${MAX_BYTES} (4 GiB)`,
      );
    // Growing is a system call: take an eighth more than needed where that is allowed.
    const generous = Math.min(Math.max(missing, roundUp(current / 8, PAGE)), MAX_BYTES - current);
    let grown = missing;
    try {
      this.memory.grow(generous / PAGE);
      grown = generous;
    } catch {
      try {
        this.memory.grow(missing / PAGE);
      } catch {
        throw new TensorError("limit", `wasm memory: the engine refused to grow from ${current} by ${missing} bytes`);
      }
    }
    this.#release(this.#end, grown);
    this.#end += grown;
  }
}

import { TensorError } from "../../errors.js";
import type { BackendBuffer } from "../backend.js";

/** Blocks start on cache lines. */
const ALIGNMENT = 64;
const PAGE = 65536;
const MAX_BYTES = 2 ** 32;
/** Vector loads may read past the end of a buffer; the last bytes of memory are never handed out. */
const GUARD = 256;

const roundUp = (bytes: number, to: number): number => Math.ceil(bytes / to) * to;
const spanOf = (bytes: number): number => Math.max(ALIGNMENT, roundUp(bytes, ALIGNMENT));

/** What a block of memory is for: told when there is no more. */
export type Use = "values" | "programs" | "working memory";

/** A block of linear memory. Its address holds until the next allocation, which may move it. */
export interface Block extends BackendBuffer {
  readonly address: number;
  readonly use: Use;
}

/** Only the allocator moves a block. */
type Movable = { -readonly [K in keyof Block]: Block[K] };

/**
 * First-fit allocator over one WebAssembly memory. Free blocks are kept sorted by address and merged with their
 * neighbours; the memory grows when no block fits, and where it may not grow, live blocks are moved together.
 */
export class Allocator {
  /** Free memory, by address. */
  readonly #free: { address: number; size: number }[] = [];
  readonly #used = new Set<Movable>();
  #end: number;

  constructor(
    readonly memory: WebAssembly.Memory,
    readonly base: number,
  ) {
    this.#end = memory.buffer.byteLength - GUARD;
    this.#release(base, this.#end - base);
  }

  /**
   * A block of `bytes` fresh bytes, 64-byte aligned.
   * @throws TensorError `limit` when 4 GiB or the machine's memory are exhausted.
   */
  allocate(bytes: number, use: Use): Block {
    const size = spanOf(bytes);
    const block: Movable = { bytes, use, address: this.#find(size) ?? this.#findAfterMoving(size, bytes) };
    this.#used.add(block);
    return block;
  }

  /** @throws TensorError `disposed` when the block is not allocated. */
  free(block: Block): void {
    if (!this.#used.delete(block))
      throw new TensorError(
        "disposed",
        `wasm memory: nothing is allocated at address ${block.address}; was it freed twice?`,
      );
    this.#release(block.address, spanOf(block.bytes));
  }

  /** Takes `size` bytes from the first free block that has them, growing the memory if none does. */
  #find(size: number): number | undefined {
    const gap = this.#free.find((free) => free.size >= size) ?? (this.#grow(size) ? this.#free.at(-1) : undefined);
    if (!gap) return undefined;
    const { address } = gap;
    gap.address += size;
    gap.size -= size;
    if (gap.size === 0) this.#free.splice(this.#free.indexOf(gap), 1);
    return address;
  }

  #findAfterMoving(size: number, bytes: number): number {
    const free = this.#free.reduce((sum, gap) => sum + gap.size, 0);
    const growth = MAX_BYTES - GUARD - this.#end;
    if (size <= free + growth && this.#free.length > 0) {
      this.#moveTogether();
      const address = this.#find(size);
      if (address !== undefined) return address;
    }
    const held = (["values", "programs", "working memory"] as const).map((use) => `${use} ${this.#held(use)}`);
    const why = size <= free + growth ? "the engine refuses to grow it further" : "WebAssembly memory ends at 4 GiB";
    throw new TensorError(
      "limit",
      `wasm memory: ${bytes} bytes do not fit; of ${this.memory.buffer.byteLength} bytes, ${held.join(", ")} are held, and ${why}. Dispose values, or use a smaller batch`,
    );
  }

  #held(use: Use): number {
    let bytes = 0;
    for (const block of this.#used) if (block.use === use) bytes += spanOf(block.bytes);
    return bytes;
  }

  /** Slides every live block down, so that all free memory is one block at the end. */
  #moveTogether(): void {
    let to = this.base;
    for (const block of [...this.#used].sort((a, b) => a.address - b.address)) {
      const size = spanOf(block.bytes);
      const distance = block.address - to;
      if (distance > 0) {
        new Uint8Array(this.memory.buffer, to, distance + size).copyWithin(0, distance);
        block.address = to;
      }
      to += size;
    }
    this.#free.length = 0;
    if (to < this.#end) this.#release(to, this.#end - to);
  }

  #release(address: number, size: number): void {
    let low = 0;
    for (let high = this.#free.length; low < high; ) {
      const middle = (low + high) >> 1;
      const gap = this.#free[middle];
      if (gap && gap.address < address) low = middle + 1;
      else high = middle;
    }
    const [previous, next] = [this.#free[low - 1], this.#free[low]];
    const joinsNext = next?.address === address + size;
    if (previous && previous.address + previous.size === address) {
      previous.size += size + (joinsNext ? next.size : 0);
      if (joinsNext) this.#free.splice(low, 1);
    } else if (joinsNext) {
      next.address = address;
      next.size += size;
    } else this.#free.splice(low, 0, { address, size });
  }

  /** Grows the memory until its last free block has `size` bytes; false where that is not allowed. */
  #grow(size: number): boolean {
    const last = this.#free.at(-1);
    const tail = last && last.address + last.size === this.#end ? last.size : 0;
    const missing = roundUp(size - tail, PAGE);
    const current = this.memory.buffer.byteLength;
    if (current + missing > MAX_BYTES) return false;
    // Growing is a system call: take an eighth more than needed where that is allowed.
    const generous = Math.min(Math.max(missing, roundUp(current / 8, PAGE)), MAX_BYTES - current);
    for (const grown of [generous, missing])
      try {
        this.memory.grow(grown / PAGE);
        this.#release(this.#end, grown);
        this.#end += grown;
        return true;
      } catch {
        // The engine may still grant less.
      }
    return false;
  }
}

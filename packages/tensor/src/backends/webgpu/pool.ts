/** A storage buffer of a device. `id` is never used twice, so caches keyed by it cannot go stale. */
export interface StorageBuffer {
  readonly gpu: GPUBuffer;
  readonly id: number;
}

/** Bytes that are kept at most, and as a share of the most that were ever in use. */
const KEPT_BYTES = 2 ** 28;
const KEPT_SHARE = 1 / 2;

/**
 * Freed storage buffers, for allocations of the same size: to create and destroy one goes to the driver, and costs a program whose results are new
 * buffers every time up to milliseconds a run. The sizes that were asked for longest ago go first.
 */
export class Pool {
  readonly #bySize = new Map<number, StorageBuffer[]>();
  #bytes = 0;

  /** Bytes of memory that are kept and not in use. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A buffer of exactly `size` bytes that holds anything. */
  take(size: number): StorageBuffer | undefined {
    const kept = this.#bySize.get(size);
    const one = kept?.pop();
    if (!kept || !one) return undefined;
    this.#bytes -= size;
    this.#bySize.delete(size);
    if (kept.length > 0) this.#bySize.set(size, kept);
    return one;
  }

  /** Keeps a buffer that nothing uses any more, or destroys it. */
  put(storage: StorageBuffer, peakBytes: number): void {
    const { size } = storage.gpu;
    const room = Math.min(KEPT_BYTES, peakBytes * KEPT_SHARE);
    if (size > room) {
      storage.gpu.destroy();
      return;
    }
    const kept = this.#bySize.get(size) ?? [];
    this.#bySize.delete(size);
    this.#bySize.set(size, kept);
    kept.push(storage);
    this.#bytes += size;
    for (const [oldest, buffers] of this.#bySize) {
      while (this.#bytes > room && buffers.length > 0) {
        buffers.pop()!.gpu.destroy();
        this.#bytes -= oldest;
      }
      if (buffers.length === 0) this.#bySize.delete(oldest);
      if (this.#bytes <= room) return;
    }
  }

  clear(): void {
    for (const buffers of this.#bySize.values()) for (const { gpu } of buffers) gpu.destroy();
    this.#bySize.clear();
    this.#bytes = 0;
  }
}

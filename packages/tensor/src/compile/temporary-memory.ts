import { BYTES_PER_ELEMENT } from "../dtype.js";
import { known } from "../lookup.js";
import type { Value } from "./values.js";

/** Elements; a multiple of a cache line, and of WebGPU's 256-byte offset alignment. */
const ALIGNMENT = 64;

const align = (size: number): number => Math.ceil(size / ALIGNMENT) * ALIGNMENT;

/** Where a value lies. */
export interface Home {
  readonly slot: number;
  /** In elements. */
  readonly offset: number;
}

/** Where temporaries go. */
abstract class TemporaryMemory {
  readonly homes = new Map<Value, Home>();
  abstract allocate(value: Value): void;
  abstract release(value: Value): void;
  abstract slotBytes(): number[];

  /** `to` takes over the memory of `from`, which ends here. */
  transfer(from: Value, to: Value): void {
    this.homes.set(to, known(this.homes, from));
  }
}

/** One slot; best fit into gaps, joined when neighbours fall free. */
export class Arena extends TemporaryMemory {
  #gaps: { start: number; end: number }[] = [];
  #end = 0;

  allocate(value: Value): void {
    const size = align(value.size);
    let best: { start: number; end: number } | undefined;
    for (const gap of this.#gaps)
      if (gap.end - gap.start >= size && (!best || gap.end - gap.start < best.end - best.start)) best = gap;
    const tail = this.#gaps.at(-1);
    let offset = this.#end;
    if (best) {
      offset = best.start;
      best.start += size;
      if (best.start === best.end) this.#gaps.splice(this.#gaps.indexOf(best), 1);
    } else {
      if (tail?.end === this.#end) {
        offset = tail.start;
        this.#gaps.pop();
      }
      this.#end = offset + size;
    }
    this.homes.set(value, { slot: 0, offset });
  }

  release(value: Value): void {
    const { offset } = known(this.homes, value);
    this.#gaps.push({ start: offset, end: offset + align(value.size) });
    this.#gaps.sort((a, b) => a.start - b.start);
    const joined: { start: number; end: number }[] = [];
    for (const gap of this.#gaps) {
      const last = joined.at(-1);
      if (last && last.end === gap.start) last.end = gap.end;
      else joined.push(gap);
    }
    this.#gaps = joined;
  }

  slotBytes(): number[] {
    return this.#end === 0 ? [] : [this.#end * BYTES_PER_ELEMENT];
  }
}

/** A slot per value, taken over by a later one of similar size: at most twice what it needs. */
export class Slots extends TemporaryMemory {
  readonly #sizes: number[] = [];
  readonly #free = new Set<number>();

  allocate(value: Value): void {
    const size = align(value.size);
    let best: number | undefined;
    for (const slot of this.#free) {
      const have = this.#sizes[slot]!;
      if (have >= size && have <= 2 * size && (best === undefined || have < this.#sizes[best]!)) best = slot;
    }
    if (best === undefined) best = this.#sizes.push(size) - 1;
    else this.#free.delete(best);
    this.homes.set(value, { slot: best, offset: 0 });
  }

  release(value: Value): void {
    this.#free.add(known(this.homes, value).slot);
  }

  slotBytes(): number[] {
    return this.#sizes.map((size) => size * BYTES_PER_ELEMENT);
  }
}

import { BYTES_PER_ELEMENT } from "../dtype.js";
import { known } from "../lookup.js";
import { sizeOf } from "../shape.js";
import type { Kernel, View } from "./kernel.js";
import { isContiguous } from "./layout.js";
import type { Step, Value, ValueView } from "./values.js";

/** Elements; a multiple of a cache line, and of WebGPU's 256-byte offset alignment. */
const ALIGNMENT = 64;

const align = (size: number): number => Math.ceil(size / ALIGNMENT) * ALIGNMENT;

/** What a slot of a program is bound to when it runs. */
export type SlotRole =
  | { readonly kind: "input"; readonly index: number }
  | { readonly kind: "output"; readonly index: number; readonly donor: number | undefined }
  | { readonly kind: "temporary"; readonly bytes: number };

export interface MemoryPlan {
  readonly kernels: readonly Kernel[];
  readonly slots: readonly SlotRole[];
  /** Slot of each output; one bound to a donated input when it is updated in place. */
  readonly outputSlots: readonly number[];
  /** Bytes of temporaries, with reuse and without. */
  readonly temporaryBytes: number;
  readonly unsharedBytes: number;
}

interface PlanRequest {
  readonly steps: readonly Step[];
  readonly placements: ReadonlyMap<Value, ValueView>;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** Indices of inputs whose memory the program may take over. */
  readonly donated: ReadonlySet<number>;
  readonly strategy: "arena" | "buffers";
}

interface Life {
  first: number;
  last: number;
}

/** Gives every value an address: liveness first, then in-place updates, then first fit into what has been freed. */
export const planMemory = (request: PlanRequest): MemoryPlan => new Planner(request).plan();

class Planner {
  readonly #slots: SlotRole[] = [];
  readonly #homes = new Map<Value, { slot: number; offset: number }>();
  readonly #lives = new Map<Value, Life>();

  constructor(readonly request: PlanRequest) {}

  plan(): MemoryPlan {
    const { steps, inputs } = this.request;
    steps.forEach((step, at) => {
      for (const { value } of [...step.reads, ...step.writes]) this.#touch(this.#root(value), at);
    });
    inputs.forEach((value, index) => {
      this.#home(value, this.#slot({ kind: "input", index }));
    });
    const outputSlots = this.#placeOutputs();
    const { bytes, unshared } = this.#placeTemporaries();
    return {
      kernels: steps.map((step) => step.kernel((view) => this.#view(view))),
      slots: this.#slots,
      outputSlots,
      temporaryBytes: bytes,
      unsharedBytes: unshared,
    };
  }

  #slot(role: SlotRole): number {
    return this.#slots.push(role) - 1;
  }

  #home(value: Value, slot: number, offset = 0): void {
    this.#homes.set(value, { slot, offset });
  }

  /** The value whose memory a value lies in, and where in it. */
  #within(value: Value): { readonly root: Value; readonly offset: number } {
    const { placements } = this.request;
    let [root, offset] = [value, 0];
    for (let at = placements.get(root); at; at = placements.get(root)) {
      root = at.value;
      offset += at.layout.offset;
    }
    return { root, offset };
  }

  #root(value: Value): Value {
    return this.#within(value).root;
  }

  #view({ value, layout }: ValueView): View {
    const { shape, strides } = layout;
    const { root, offset } = this.#within(value);
    const home = known(this.#homes, root);
    return { slot: home.slot, dtype: value.dtype, shape, strides, offset: layout.offset + offset + home.offset };
  }

  #touch(value: Value, at: number): void {
    const life = this.#lives.get(value);
    if (life) life.last = at;
    else this.#lives.set(value, { first: at, last: at });
  }

  /** Values an output may overwrite: read by the step that writes it, at the same points, and by nothing later. */
  #inPlace(output: Value, candidate: Value): boolean {
    const { steps } = this.request;
    const life = known(this.#lives, output);
    const other = this.#lives.get(candidate);
    if (!other || candidate.size !== output.size || other.last > life.first) return false;
    const step = steps[life.first]!;
    if (other.last < life.first) return false;
    const reads = step.reads.filter(({ value }) => this.#root(value) === candidate);
    const write = step.writes.find(({ value }) => value === output);
    return (
      write !== undefined &&
      step.pointwise &&
      reads.every(({ value, layout }) => value === candidate && covers(layout, output.size)) &&
      covers(write.layout, output.size)
    );
  }

  #placeOutputs(): number[] {
    const { inputs, outputs, donated } = this.request;
    const free = new Set(donated);
    return outputs.map((value, index) => {
      const donor = [...free].find((i) => this.#inPlace(value, inputs[i]!));
      if (donor !== undefined) free.delete(donor);
      const slot = this.#slot({ kind: "output", index, donor });
      this.#home(value, slot);
      // Both names of the memory are one slot, so that a backend sees one buffer.
      if (donor !== undefined) this.#home(inputs[donor]!, slot);
      return slot;
    });
  }

  #placeTemporaries(): { bytes: number; unshared: number } {
    const temporaries = [...this.#lives]
      .filter(([value]) => !this.#homes.has(value))
      .sort((a, b) => a[1].first - b[1].first || b[0].size - a[0].size);
    const memory = this.request.strategy === "arena" ? new Arena() : new Slots();
    const live: { value: Value; last: number }[] = [];
    let unshared = 0;
    for (const [value, { first, last }] of temporaries) {
      for (let i = live.length - 1; i >= 0; i--) if (live[i]!.last < first) memory.release(live.splice(i, 1)[0]!.value);
      const donor = live.find((entry) => entry.last === first && this.#inPlace(value, entry.value));
      if (donor) {
        memory.transfer(donor.value, value);
        live.splice(live.indexOf(donor), 1);
      } else memory.allocate(value);
      live.push({ value, last });
      unshared += value.size;
    }
    const base = this.#slots.length;
    for (const bytes of memory.slotBytes()) this.#slot({ kind: "temporary", bytes });
    for (const [value, { slot, offset }] of memory.homes) this.#home(value, base + slot, offset);
    return { bytes: memory.slotBytes().reduce((a, b) => a + b, 0), unshared: unshared * BYTES_PER_ELEMENT };
  }
}

const covers = (layout: ValueView["layout"], size: number): boolean =>
  isContiguous(layout) && layout.offset === 0 && sizeOf(layout.shape) === size;

/** Where temporaries go. */
interface TemporaryMemory {
  readonly homes: Map<Value, { slot: number; offset: number }>;
  allocate(value: Value): void;
  release(value: Value): void;
  /** `to` takes over the memory of `from`, which ends here. */
  transfer(from: Value, to: Value): void;
  slotBytes(): number[];
}

/** One slot; best fit into gaps, joined when neighbours fall free. */
class Arena implements TemporaryMemory {
  readonly homes = new Map<Value, { slot: number; offset: number }>();
  #gaps: { start: number; end: number }[] = [];
  #end = 0;

  allocate(value: Value): void {
    const size = align(value.size);
    let best: { start: number; end: number } | undefined;
    for (const gap of this.#gaps)
      if (gap.end - gap.start >= size && (!best || gap.end - gap.start < best.end - best.start)) best = gap;
    let offset: number;
    if (best) {
      offset = best.start;
      best.start += size;
      if (best.start === best.end) this.#gaps.splice(this.#gaps.indexOf(best), 1);
    } else {
      const tail = this.#gaps.at(-1);
      const grows = tail?.end === this.#end ? this.#gaps.pop()!.start : this.#end;
      offset = grows;
      this.#end = grows + size;
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

  transfer(from: Value, to: Value): void {
    this.homes.set(to, known(this.homes, from));
  }

  slotBytes(): number[] {
    return this.#end === 0 ? [] : [this.#end * BYTES_PER_ELEMENT];
  }
}

/** A slot per value, taken over by a later one of similar size: at most twice what it needs. */
class Slots implements TemporaryMemory {
  readonly homes = new Map<Value, { slot: number; offset: number }>();
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

  transfer(from: Value, to: Value): void {
    this.homes.set(to, known(this.homes, from));
  }

  slotBytes(): number[] {
    return this.#sizes.map((size) => size * BYTES_PER_ELEMENT);
  }
}

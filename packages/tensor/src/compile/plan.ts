import { BYTES_PER_ELEMENT } from "../dtype.js";
import { known } from "../lookup.js";
import type { Kernel, View } from "./kernel.js";
import { readsWhole } from "./legalize.js";
import { Arena, type Home, Slots } from "./temporary-memory.js";
import type { Step, Value, ValueView } from "./values.js";

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
  readonly #homes = new Map<Value, Home>();
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
      reads.every(({ value, layout }) => value === candidate && readsWhole(output, layout)) &&
      readsWhole(output, write.layout)
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

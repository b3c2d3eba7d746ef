import { type Kernel, kernelInputs, kernelOutputs } from "../../compile/kernel.js";
import { BYTES_PER_ELEMENT } from "../../dtype.js";
import { TensorError } from "../../errors.js";
import { sizeOf } from "../../shape.js";
import type { BackendBuffer, Executable } from "../backend.js";
import type { Allocator, Block } from "./allocator.js";
import { encodeKernel } from "./encode/kernel.js";
import { CommandStream, type Relocation, WORKSPACE } from "./encode/stream.js";
import { extentOf, windowOf } from "./encode/window.js";
import type { Functions } from "./functions/functions.js";

/** What an executable needs of its backend. */
export interface Machine {
  readonly allocator: Allocator;
  /** Makes at least so much working memory available to every thread, and so much workspace to all. */
  reserve(scratchBytes: number, workspaceBytes: number): void;
  /** Address of the workspace; it may move when another executable reserves more. */
  readonly workspace: number;
  /** The buffer, if it is alive and of this backend. */
  own(buffer: BackendBuffer | undefined, what: string): Block;
  run(command: number, end: number): void;
  /** Undefined where other threads take part: they have tables of their own. */
  readonly functions: Functions | undefined;
}

const NOWHERE = -1;

/** A command stream in linear memory. Running it again costs a comparison per slot and one call; it may be moved between runs. */
export class WasmExecutable implements Executable {
  readonly ready = Promise.resolve();
  readonly #names: readonly string[];
  readonly stats: Executable["stats"];
  /** Per slot, the workspace last: words to patch and what to add to the slot's address. */
  readonly #words: Uint32Array[];
  readonly #offsets: Uint32Array[];
  readonly #bound: Float64Array;
  readonly #needed: Float64Array;
  #block: Block | undefined;

  constructor(
    readonly machine: Machine,
    kernels: readonly Kernel[],
    slots: number,
  ) {
    this.#needed = new Float64Array(slots);
    for (const kernel of kernels) this.#measure(kernel, slots);
    const stream = new CommandStream(machine.functions);
    for (const kernel of kernels) encodeKernel(stream, kernel);
    this.#names = kernels.map(({ name }) => name);
    this.stats = { dispatches: stream.commands, submits: stream.commands > 0 ? 1 : 0 };
    this.#bound = new Float64Array(slots + 1).fill(NOWHERE);
    const bySlot = Array.from({ length: slots + 1 }, (): Relocation[] => []);
    for (const relocation of stream.relocations)
      bySlot.at(relocation.slot === WORKSPACE ? slots : relocation.slot)?.push(relocation);
    this.#words = bySlot.map((list) => Uint32Array.from(list, ({ word }) => word));
    this.#offsets = bySlot.map((list) => Uint32Array.from(list, ({ byteOffset }) => byteOffset));
    machine.reserve(stream.scratchBytes, stream.workspaceBytes);
    this.#block = machine.allocator.allocate(stream.words.length * 4, "programs");
    this.#wordsOf(this.#block).set(stream.words);
  }

  run(buffers: readonly BackendBuffer[]): void {
    const block = this.#block;
    if (!block) throw new TensorError("disposed", `wasm: this program of ${this.#names.length} kernels was destroyed`);
    const slots = this.#needed.length;
    for (let slot = 0; slot < slots; slot++) {
      const buffer = this.machine.own(buffers[slot], `slot ${slot}`);
      if (buffer.address === this.#bound[slot]) {
        if (buffer.bytes >= this.#needed[slot]!) continue;
      }
      if (buffer.bytes < this.#needed[slot]!)
        throw new TensorError(
          "argument",
          `wasm: slot ${slot} needs a buffer of ${this.#needed[slot]} bytes, not ${buffer.bytes}`,
        );
      this.#bind(block, slot, buffer.address);
    }
    if (this.machine.workspace !== this.#bound[slots]) this.#bind(block, slots, this.machine.workspace);
    if (this.stats.dispatches > 0) this.machine.run(block.address, block.address + block.bytes);
  }

  destroy(): void {
    if (this.#block) this.machine.allocator.free(this.#block);
    this.#block = undefined;
  }

  #wordsOf({ address, bytes }: Block): Uint32Array {
    return new Uint32Array(this.machine.allocator.memory.buffer, address, bytes / 4);
  }

  #bind(block: Block, slot: number, address: number): void {
    const memory = this.#wordsOf(block);
    const words = this.#words[slot]!;
    const offsets = this.#offsets[slot]!;
    for (let i = 0; i < words.length; i++) memory[words[i]!] = address + offsets[i]!;
    this.#bound[slot] = address;
  }

  /** Checks a kernel's views and notes how large each slot's buffer must be. */
  #measure(kernel: Kernel, slots: number): void {
    for (const view of [...kernelInputs(kernel), ...kernelOutputs(kernel)]) {
      if (!(view.slot >= 0 && view.slot < slots))
        throw new TensorError("kernel", `wasm: ${kernel.name} uses slot ${view.slot} of a program with ${slots} slots`);
      if (sizeOf(view.shape) === 0) continue;
      const { first, last } = extentOf(windowOf(view));
      if (first < 0)
        throw new TensorError(
          "kernel",
          `wasm: ${kernel.name} reaches ${-first} elements before the start of slot ${view.slot}`,
        );
      this.#needed[view.slot] = Math.max(this.#needed[view.slot]!, (last + 1) * BYTES_PER_ELEMENT);
    }
  }
}

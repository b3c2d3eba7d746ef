import type { Backend, BackendBuffer } from "../backends/backend.js";
import { compile } from "../compile/compile.js";
import type { Graph } from "../compile/graph.js";
import type { SlotRole } from "../compile/plan.js";
import { type AnyData, BYTES_PER_ELEMENT, type DType } from "../dtype.js";
import { TensorError } from "../errors.js";
import type { Aval } from "../graph/aval.js";
import { sizeOf } from "../shape.js";
import type { CompiledGraph, Engine } from "./engine.js";
import { bytesOf, countFlops } from "./report.js";

/** Runs graphs as kernels on a backend. */
export class KernelEngine implements Engine<BackendBuffer> {
  readonly #workspace: Workspace;

  constructor(readonly backend: Backend) {
    this.#workspace = new Workspace(backend);
  }

  get name(): string {
    return this.backend.name;
  }

  get description(): string {
    return this.backend.description;
  }

  get memory(): Backend["memory"] {
    return this.backend.memory;
  }

  upload(data: AnyData, { shape }: Aval): BackendBuffer {
    const bytes = sizeOf(shape) * BYTES_PER_ELEMENT;
    const buffer = this.#workspace.makingRoom(() => this.backend.allocate(bytes));
    this.#freeingIfThrown([buffer], () => this.backend.write(buffer, data));
    return buffer;
  }

  download(buffer: BackendBuffer, dtype: DType, length: number): Promise<AnyData> {
    return this.backend.read(buffer, dtype, length);
  }

  free(buffer: BackendBuffer): void {
    this.backend.free(buffer);
  }

  compile(graph: Graph, donated: ReadonlySet<number>): CompiledGraph<BackendBuffer> {
    const { maxBufferBytes } = this.backend.capabilities;
    for (const tensor of [...graph.inputs, ...graph.outputs])
      if (tensor.size * BYTES_PER_ELEMENT > maxBufferBytes)
        throw tooLarge(this.name, tensor.toString(), tensor.size * BYTES_PER_ELEMENT, maxBufferBytes);
    const { steps, plan } = compile(graph, this.backend.capabilities, donated);
    for (const slot of plan.slots)
      if (slot.kind === "temporary" && slot.bytes > maxBufferBytes)
        throw tooLarge(this.name, "an intermediate value", slot.bytes, maxBufferBytes);
    const executable = this.#workspace.makingRoom(() => this.backend.compile(plan.kernels, plan.slots.length));
    const outputBytes = graph.outputs.map(({ size }) => size * BYTES_PER_ELEMENT);
    const updates = plan.slots.flatMap((slot) =>
      slot.kind === "output" && slot.donor !== undefined
        ? [{ donor: slot.donor, bytes: outputBytes[slot.index]! }]
        : [],
    );
    const updatedInPlace = updates.reduce((sum, { bytes }) => sum + bytes, 0);
    const [inputs, outputs] = [bytesOf(graph.inputs), bytesOf(graph.outputs)];
    return {
      consumed: new Set(updates.map(({ donor }) => donor)),
      get ready() {
        return executable.ready;
      },
      report: {
        flops: countFlops(graph),
        memory: {
          inputs,
          outputs,
          temporaries: plan.temporaryBytes,
          temporariesUnshared: plan.unsharedBytes,
          updatedInPlace,
          peak: inputs + outputs - updatedInPlace + plan.temporaryBytes,
        },
        execution: executable.stats,
        kernels: steps.map(({ name, flops, reads, writes }) => ({
          name,
          flops,
          bytes: [...reads, ...writes].reduce((sum, { value }) => sum + value.size * BYTES_PER_ELEMENT, 0),
        })),
      },
      run: (given) => {
        const { buffers, fresh } = this.#workspace.makingRoom(() => this.#bind(plan.slots, given, outputBytes));
        this.#freeingIfThrown(fresh, () => executable.run(buffers));
        return plan.outputSlots.map((slot) => buffers[slot]!);
      },
      destroy: () => executable.destroy(),
    };
  }

  /** A buffer for every slot, and those of them that are new: they are freed if the run fails. */
  #bind(slots: readonly SlotRole[], inputs: readonly BackendBuffer[], outputBytes: readonly number[]) {
    let temporary = 0;
    const fresh: BackendBuffer[] = [];
    const bufferOf = (slot: SlotRole): BackendBuffer => {
      if (slot.kind === "input") return inputs[slot.index]!;
      if (slot.kind === "temporary") return this.#workspace.get(temporary++, slot.bytes);
      if (slot.donor !== undefined) return inputs[slot.donor]!;
      const buffer = this.backend.allocate(outputBytes[slot.index]!);
      fresh.push(buffer);
      return buffer;
    };
    return { buffers: this.#freeingIfThrown(fresh, () => slots.map(bufferOf)), fresh };
  }

  #freeingIfThrown<R>(buffers: readonly BackendBuffer[], f: () => R): R {
    try {
      return f();
    } catch (error) {
      for (const buffer of buffers) this.backend.free(buffer);
      throw error;
    }
  }

  destroy(): void {
    this.#workspace.destroy();
    this.backend.destroy();
  }
}

const tooLarge = (name: string, what: string, bytes: number, limit: number): TensorError =>
  new TensorError(
    "limit",
    `${what} needs ${bytes} bytes, more than the ${limit} one buffer may hold on ${name}; split it or use a smaller batch`,
  );

/**
 * Memory for intermediate values, shared by all programs of a device: they run one after another, so one set of buffers, grown to the largest
 * need, serves all.
 */
class Workspace {
  readonly #buffers: (BackendBuffer | undefined)[] = [];

  constructor(readonly backend: Backend) {}

  get(index: number, bytes: number): BackendBuffer {
    const have = this.#buffers[index];
    if (have && have.bytes >= bytes) return have;
    this.#release(index);
    const buffer = this.backend.allocate(bytes);
    this.#buffers[index] = buffer;
    return buffer;
  }

  /** Between runs nothing is kept here, so where memory is short the work is tried again without it. */
  makingRoom<R>(allocate: () => R): R {
    try {
      return allocate();
    } catch (error) {
      if (!(error instanceof TensorError && error.code === "limit")) throw error;
      this.destroy();
      return allocate();
    }
  }

  #release(index: number): void {
    const buffer = this.#buffers[index];
    this.#buffers[index] = undefined;
    if (buffer) this.backend.free(buffer);
  }

  destroy(): void {
    for (const index of this.#buffers.keys()) this.#release(index);
    this.#buffers.length = 0;
  }
}

import type { Backend, BackendBuffer, Executable } from "../backends/backend.js";
import { compile } from "../compile/compile.js";
import type { Graph } from "../compile/graph.js";
import type { SlotRole } from "../compile/plan.js";
import { type AnyData, BYTES_PER_ELEMENT, type DType } from "../dtype.js";
import { TensorError } from "../errors.js";
import type { Aval } from "../graph/aval.js";
import { sizeOf } from "../shape.js";
import type { CompiledGraph, Engine } from "./engine.js";
import { bytesOf, countFlops, type ProgramReport } from "./report.js";

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
    try {
      this.backend.write(buffer, data);
    } catch (error) {
      this.backend.free(buffer);
      throw error;
    }
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
    const outputs = graph.outputs.map(({ size }) => size * BYTES_PER_ELEMENT);
    const consumed = new Set(
      plan.slots.flatMap((slot) => (slot.kind === "output" && slot.donor !== undefined ? [slot.donor] : [])),
    );
    const updatedInPlace = plan.slots.reduce(
      (sum, slot) => sum + (slot.kind === "output" && slot.donor !== undefined ? outputs[slot.index]! : 0),
      0,
    );
    const memory = {
      inputs: bytesOf(graph.inputs),
      outputs: bytesOf(graph.outputs),
      temporaries: plan.temporaryBytes,
      temporariesUnshared: plan.unsharedBytes,
      updatedInPlace,
      peak: bytesOf(graph.inputs) + bytesOf(graph.outputs) - updatedInPlace + plan.temporaryBytes,
    };
    const report: ProgramReport = {
      flops: countFlops(graph),
      memory,
      execution: executable.stats,
      kernels: steps.map(({ name, flops, reads, writes }) => ({
        name,
        flops,
        bytes: [...reads, ...writes].reduce((sum, { value }) => sum + value.size * BYTES_PER_ELEMENT, 0),
      })),
    };
    return new KernelProgram(
      this.backend,
      this.#workspace,
      executable,
      plan.slots,
      plan.outputSlots,
      outputs,
      consumed,
      report,
    );
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

class KernelProgram implements CompiledGraph<BackendBuffer> {
  constructor(
    readonly backend: Backend,
    readonly workspace: Workspace,
    readonly executable: Executable,
    readonly slots: readonly SlotRole[],
    readonly outputSlots: readonly number[],
    readonly outputBytes: readonly number[],
    readonly consumed: ReadonlySet<number>,
    readonly report: ProgramReport,
  ) {}

  get ready(): Promise<void> {
    return this.executable.ready;
  }

  run(inputs: readonly BackendBuffer[]): BackendBuffer[] {
    const { buffers, fresh } = this.workspace.makingRoom(() => this.#bind(inputs));
    try {
      this.executable.run(buffers);
    } catch (error) {
      this.#free(fresh);
      throw error;
    }
    return this.outputSlots.map((slot) => buffers[slot]!);
  }

  /** A buffer for every slot, and those of them that are new: they are freed if the run fails. */
  #bind(inputs: readonly BackendBuffer[]): { buffers: BackendBuffer[]; fresh: BackendBuffer[] } {
    let temporary = 0;
    const fresh: BackendBuffer[] = [];
    const output = (bytes: number): BackendBuffer => {
      const buffer = this.backend.allocate(bytes);
      fresh.push(buffer);
      return buffer;
    };
    try {
      const buffers = this.slots.map((slot) => {
        if (slot.kind === "input") return inputs[slot.index]!;
        if (slot.kind === "temporary") return this.workspace.get(temporary++, slot.bytes);
        return slot.donor === undefined ? output(this.outputBytes[slot.index]!) : inputs[slot.donor]!;
      });
      return { buffers, fresh };
    } catch (error) {
      this.#free(fresh);
      throw error;
    }
  }

  #free(buffers: readonly BackendBuffer[]): void {
    for (const buffer of buffers) this.backend.free(buffer);
  }

  destroy(): void {
    this.executable.destroy();
  }
}

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

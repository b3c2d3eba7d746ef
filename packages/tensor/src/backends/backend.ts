import type { Kernel } from "../compile/kernel.js";
import type { AnyData, DType } from "../dtype.js";

/** Memory that belongs to one backend. `bytes` is what was asked for; the backend may round up. */
export interface BackendBuffer {
  readonly bytes: number;
}

/** What a backend can do that the compiler must know before it lowers a graph. */
export interface Capabilities {
  /** Call kernels this backend runs natively; a composite op that is not here is decomposed into smaller ones. */
  readonly calls: ReadonlySet<string>;
  /** Distinct buffers one kernel may touch (WebGPU: storage bindings per stage). */
  readonly maxBuffersPerKernel: number;
  readonly maxBufferBytes: number;
  /** `arena`: temporaries are windows of one slot. `buffers`: each temporary has a slot of its own, reused when free. */
  readonly memory: "arena" | "buffers";
}

/** A compiled list of kernels. `run` binds `buffers[slot]` to every slot; it returns before asynchronous backends finish. */
export interface Executable {
  run(buffers: readonly BackendBuffer[]): void;
  /** Resolves when everything that can be prepared ahead (pipelines) is ready. `run` works without waiting for it. */
  readonly ready: Promise<void>;
  readonly stats: { readonly dispatches: number; readonly submits: number };
  destroy(): void;
}

/** All that stands between the compiler and a machine. */
export interface Backend {
  readonly name: string;
  /** One line for people: adapter or thread count, and why this was picked. */
  readonly description: string;
  readonly capabilities: Capabilities;
  allocate(bytes: number): BackendBuffer;
  free(buffer: BackendBuffer): void;
  /** Copies `data` into the buffer, in order with earlier and later runs. */
  write(buffer: BackendBuffer, data: AnyData, byteOffset?: number): void;
  /** Reads after everything submitted so far. Rejects with the first uncaptured error, naming its kernel. */
  read(buffer: BackendBuffer, dtype: DType, length: number, byteOffset?: number): Promise<AnyData>;
  compile(kernels: readonly Kernel[], slots: number): Executable;
  /** Bytes now allocated through `allocate`, and their peak. */
  readonly memory: { readonly bytes: number; readonly peakBytes: number; readonly buffers: number };
  destroy(): void;
}

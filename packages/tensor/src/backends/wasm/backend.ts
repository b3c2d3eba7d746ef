import type { Kernel } from "../../compile/kernel.js";
import { type AnyData, BYTES_PER_ELEMENT, type DType, viewAs } from "../../dtype.js";
import { messageOf, TensorError } from "../../errors.js";
import type { Backend, BackendBuffer, Capabilities, Executable } from "../backend.js";
import type { Allocator, Block } from "./allocator.js";
import { callNames } from "./encode/kernel.js";
import { type Machine, WasmExecutable } from "./executable.js";
import { functionsIn } from "./functions/functions.js";
import type { KernelExports } from "./module.js";
import type { Helper } from "./workers.js";

const MAX_BUFFER_BYTES = 2 ** 32 - 2 ** 20;

/** Scratch of different threads starts on different pages and not at the same place in the cache. */
const SCRATCH_GRAIN = 4096 + 256;

/** A block that only grows and holds nothing from one run to the next. */
class WorkingMemory {
  #block: Block | undefined;

  constructor(readonly allocator: Allocator) {}

  get address(): number {
    return this.#block?.address ?? 0;
  }

  reserve(bytes: number): void {
    const have = this.#block?.bytes ?? 0;
    if (bytes <= have) return;
    if (this.#block) this.allocator.free(this.#block);
    this.#block = undefined;
    try {
      this.#block = this.allocator.allocate(bytes, "working memory");
    } catch (error) {
      // What was just freed fits again: programs that need no more go on.
      if (have > 0) this.#block = this.allocator.allocate(have, "working memory");
      throw error;
    }
  }
}

const hostMemory = (bytes: number): ArrayBuffer => {
  try {
    return new ArrayBuffer(bytes);
  } catch {
    throw new TensorError("limit", `wasm: read: the engine has no ${bytes} bytes for a copy of the value`);
  }
};

/** Kernels in WebAssembly over one linear memory. Everything is done when `run` returns. */
export class WasmBackend implements Backend {
  readonly name = "wasm";
  readonly capabilities: Capabilities = {
    calls: callNames,
    maxBuffersPerKernel: Number.POSITIVE_INFINITY,
    maxBufferBytes: MAX_BUFFER_BYTES,
    memory: "arena",
  };
  readonly #buffers = new Set<BackendBuffer>();
  readonly #machine: Machine;
  #bytes = 0;
  #peakBytes = 0;
  #destroyed = false;

  constructor(
    readonly description: string,
    readonly allocator: Allocator,
    exports: KernelExports,
    readonly helpers: readonly Helper[],
  ) {
    const threads = helpers.length + 1;
    // The main thread of a browser is not allowed to sleep.
    const mayBlock = typeof document === "undefined";
    let stride = 0;
    const scratch = new WorkingMemory(allocator);
    const workspace = new WorkingMemory(allocator);
    this.#machine = {
      allocator,
      functions: threads === 1 ? functionsIn(allocator.memory, exports.table) : undefined,
      reserve: (scratchBytes, workspaceBytes) => {
        const needed = Math.max(stride, Math.ceil(scratchBytes / SCRATCH_GRAIN) * SCRATCH_GRAIN);
        scratch.reserve(needed * threads);
        stride = needed;
        workspace.reserve(workspaceBytes);
      },
      get workspace() {
        return workspace.address;
      },
      own: (buffer, what) => this.#own(buffer, what),
      run(command, end) {
        try {
          exports.run(command, end, scratch.address, stride, threads, mayBlock);
        } catch (cause) {
          throw new TensorError("kernel", `wasm: a kernel trapped: ${messageOf(cause)}`);
        }
      },
    };
  }

  get memory(): { readonly bytes: number; readonly peakBytes: number; readonly buffers: number } {
    return { bytes: this.#bytes, peakBytes: this.#peakBytes, buffers: this.#buffers.size };
  }

  allocate(bytes: number): Block {
    this.#alive();
    if (!(Number.isInteger(bytes) && bytes >= 0))
      throw new TensorError("argument", `wasm: a buffer has a whole number of bytes, not ${bytes}`);
    if (bytes > MAX_BUFFER_BYTES)
      throw new TensorError("limit", `wasm: a buffer of ${bytes} bytes; WebAssembly memory holds ${MAX_BUFFER_BYTES}`);
    const buffer = this.allocator.allocate(bytes, "values");
    this.#buffers.add(buffer);
    this.#bytes += bytes;
    this.#peakBytes = Math.max(this.#peakBytes, this.#bytes);
    return buffer;
  }

  free(buffer: BackendBuffer): void {
    const own = this.#own(buffer, "free");
    this.allocator.free(own);
    this.#buffers.delete(own);
    this.#bytes -= own.bytes;
  }

  write(buffer: BackendBuffer, data: AnyData, byteOffset = 0): void {
    const { address } = this.#window(buffer, "write", data.byteLength, byteOffset);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    new Uint8Array(this.allocator.memory.buffer, address + byteOffset, data.byteLength).set(bytes);
  }

  async read(buffer: BackendBuffer, dtype: DType, length: number, byteOffset = 0): Promise<AnyData> {
    const { address } = this.#window(buffer, "read", length * BYTES_PER_ELEMENT, byteOffset);
    // A copy in memory of its own: callers may keep it, transfer it or pass it to APIs that refuse shared memory.
    const copy = viewAs(dtype, hostMemory(length * BYTES_PER_ELEMENT));
    copy.set(viewAs(dtype, this.allocator.memory.buffer, address + byteOffset, length));
    return copy;
  }

  compile(kernels: readonly Kernel[], slots: number): Executable {
    this.#alive();
    return new WasmExecutable(this.#machine, kernels, slots);
  }

  destroy(): void {
    this.#destroyed = true;
    for (const helper of this.helpers) helper.stop();
    this.#buffers.clear();
    this.#bytes = 0;
  }

  #alive(): void {
    if (this.#destroyed) throw new TensorError("disposed", "wasm: this backend was destroyed");
  }

  #own(buffer: BackendBuffer | undefined, what: string): Block {
    if (buffer && this.#buffers.has(buffer)) return buffer as Block;
    this.#alive();
    throw new TensorError(
      "disposed",
      `wasm: ${what}: ${buffer ? "this buffer was freed or belongs to another backend" : "no buffer was given"}`,
    );
  }

  #window(buffer: BackendBuffer, what: string, bytes: number, byteOffset: number): Block {
    const own = this.#own(buffer, what);
    if (!(byteOffset >= 0 && byteOffset % BYTES_PER_ELEMENT === 0 && byteOffset + bytes <= own.bytes))
      throw new TensorError(
        "argument",
        `wasm: ${what}: bytes ${byteOffset} to ${byteOffset + bytes} of a buffer of ${own.bytes} (offsets are multiples of ${BYTES_PER_ELEMENT})`,
      );
    return own;
  }
}

import { type AnyData, BYTES_PER_ELEMENT, type DType, viewAs } from "../../dtype.js";
import { messageOf, TensorError } from "../../errors.js";
import type { BackendBuffer } from "../backend.js";
import type { Failures } from "./failures.js";
import { Pool, type StorageBuffer } from "./pool.js";
import { BufferUsage, MAP_MODE_READ } from "./usage.js";

let identities = 0;

/** A storage buffer in use. Bind groups that are kept under its `id` serve whoever gets the same memory next. */
export class WebgpuBuffer implements BackendBuffer {
  readonly gpu: GPUBuffer;
  readonly id: number;
  freed = false;

  constructor(
    readonly storage: StorageBuffer,
    readonly bytes: number,
  ) {
    this.gpu = storage.gpu;
    this.id = storage.id;
  }
}

/** Vector kernels read whole rows of four elements, so every buffer ends on one. */
const ROW_BYTES = 16;

const STAGING_KEPT = 4;
const STAGING_KEPT_BYTES = 1 << 20;
const UNFLUSHED_BYTES = 64 << 20;

/** Dawn in Node crashes on shared memory, and another thread could change it meanwhile. */
const ownMemory = (data: AnyData): AnyData & ArrayBufferView<ArrayBuffer> =>
  (Object.prototype.toString.call(data.buffer) === "[object SharedArrayBuffer]" ? data.slice() : data) as AnyData &
    ArrayBufferView<ArrayBuffer>;

/** Allocates, writes and reads storage buffers of one device, and counts them. */
export class Buffers {
  readonly #live = new Set<WebgpuBuffer>();
  readonly #staging: GPUBuffer[] = [];
  readonly #pool = new Pool();
  #bytes = 0;
  #peakBytes = 0;
  #unflushed = 0;
  #destroyed = false;

  constructor(
    readonly device: GPUDevice,
    readonly failures: Failures,
  ) {}

  /** What is in use. */
  get memory(): { bytes: number; peakBytes: number; buffers: number } {
    return { bytes: this.#bytes, peakBytes: this.#peakBytes, buffers: this.#live.size };
  }

  /** What was freed and is kept for later: at most half of the peak, and 256 MB. */
  get keptBytes(): number {
    return this.#pool.bytes;
  }

  /** The most bytes one buffer may have on this device. */
  get maxBytes(): number {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.device.limits;
    return Math.floor(Math.min(maxBufferSize, maxStorageBufferBindingSize) / ROW_BYTES) * ROW_BYTES;
  }

  allocate(bytes: number): WebgpuBuffer {
    const size = Math.max(ROW_BYTES, Math.ceil(bytes / ROW_BYTES) * ROW_BYTES);
    if (size > this.maxBytes)
      throw new TensorError("limit", `a buffer of ${bytes} bytes was asked for; this adapter allows ${this.maxBytes}`);
    const usage = BufferUsage.storage | BufferUsage.copySrc | BufferUsage.copyDst;
    const create = (): StorageBuffer => ({ gpu: this.device.createBuffer({ size, usage }), id: ++identities });
    const buffer = new WebgpuBuffer(this.#pool.take(size) ?? create(), bytes);
    this.#live.add(buffer);
    this.#bytes += bytes;
    this.#peakBytes = Math.max(this.#peakBytes, this.#bytes);
    return buffer;
  }

  free(buffer: BackendBuffer): void {
    const own = this.own(buffer);
    own.freed = true;
    this.#pool.put(own.storage, this.#peakBytes);
    this.#live.delete(own);
    this.#bytes -= own.bytes;
  }

  /** The buffer as one of this device's own, still alive. */
  own(buffer: BackendBuffer): WebgpuBuffer {
    if (!(buffer instanceof WebgpuBuffer))
      throw new TensorError("device", "a buffer of another backend was passed to webgpu");
    if (buffer.freed) throw new TensorError("disposed", "a webgpu buffer was used after it was freed");
    return buffer;
  }

  /** The buffer, if it has these bytes and nothing has failed. */
  #window(buffer: BackendBuffer, byteOffset: number, bytes: number, what: "read" | "write"): WebgpuBuffer {
    this.failures.check();
    const own = this.own(buffer);
    if (byteOffset % 4 === 0 && byteOffset >= 0 && byteOffset + bytes <= own.bytes) return own;
    throw new TensorError(
      "argument",
      `${what} of ${bytes} bytes at ${byteOffset} of a buffer of ${own.bytes} bytes (offsets are multiples of 4)`,
    );
  }

  write(buffer: BackendBuffer, data: AnyData, byteOffset = 0): void {
    const own = this.#window(buffer, byteOffset, data.byteLength, "write");
    if (data.byteLength === 0) return;
    this.device.queue.writeBuffer(own.gpu, byteOffset, ownMemory(data));
    this.#flushLater(data.byteLength);
  }

  /** Memory staged by `writeBuffer` is held until a submit, so one follows even when no program runs. */
  #flushLater(bytes: number): void {
    if (this.#unflushed === 0) queueMicrotask(() => this.flush());
    this.#unflushed += bytes;
    if (this.#unflushed > UNFLUSHED_BYTES) this.flush();
  }

  flush(): void {
    if (this.#unflushed === 0 || this.#destroyed) return;
    this.#unflushed = 0;
    this.device.queue.submit([]);
  }

  async read(buffer: BackendBuffer, dtype: DType, length: number, byteOffset = 0): Promise<AnyData> {
    const bytes = length * BYTES_PER_ELEMENT;
    const own = this.#window(buffer, byteOffset, bytes, "read");
    if (bytes === 0) return viewAs(dtype, new ArrayBuffer(0));
    const staging = this.#takeStaging(bytes);
    const encoder = this.device.createCommandEncoder({ label: "read" });
    encoder.copyBufferToBuffer(own.gpu, byteOffset, staging, 0, bytes);
    this.device.queue.submit([encoder.finish()]);
    this.#unflushed = 0;
    try {
      await staging.mapAsync(MAP_MODE_READ, 0, bytes);
    } catch (cause) {
      this.failures.check();
      throw new TensorError("device", `reading a buffer failed: ${messageOf(cause)}`);
    }
    const copy = staging.getMappedRange(0, bytes).slice(0);
    staging.unmap();
    this.#keepStaging(staging);
    this.failures.check();
    return viewAs(dtype, copy);
  }

  #takeStaging(bytes: number): GPUBuffer {
    const index = this.#staging.findIndex((buffer) => buffer.size >= bytes);
    if (index >= 0) return this.#staging.splice(index, 1)[0]!;
    const size = Math.max(4096, 2 ** Math.ceil(Math.log2(bytes)));
    return this.device.createBuffer({
      size: bytes > STAGING_KEPT_BYTES ? bytes : size,
      usage: BufferUsage.mapRead | BufferUsage.copyDst,
    });
  }

  #keepStaging(buffer: GPUBuffer): void {
    if (!this.#destroyed && this.#staging.length < STAGING_KEPT && buffer.size <= STAGING_KEPT_BYTES)
      this.#staging.push(buffer);
    else buffer.destroy();
  }

  destroy(): void {
    this.#destroyed = true;
    for (const buffer of this.#live) {
      buffer.freed = true;
      buffer.gpu.destroy();
    }
    for (const buffer of this.#staging) buffer.destroy();
    this.#pool.clear();
    this.#live.clear();
    this.#staging.length = 0;
    this.#bytes = 0;
  }
}

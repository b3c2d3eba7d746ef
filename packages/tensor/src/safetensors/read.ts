import { TensorError } from "../errors.js";
import { decode, type Format } from "./formats.js";
import { type Entry, type Header, headerLength, parseHeader } from "./header.js";

/** Random access to bytes: a file, a Blob, a ranged download. */
export interface ByteSource {
  readonly size: number;
  /** Exactly `length` bytes from `offset`. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A file whose header has been read and checked. Tensors are read one at a time, when asked for. */
export class SafetensorsFile {
  readonly #entries: ReadonlyMap<string, Entry>;
  constructor(
    readonly source: ByteSource,
    readonly dataStart: number,
    header: Header,
  ) {
    this.#entries = new Map(header.entries.map((entry) => [entry.name, entry]));
    this.metadata = header.metadata;
  }

  readonly metadata: Readonly<Record<string, string>>;

  get names(): string[] {
    return [...this.#entries.keys()];
  }

  /** Format and shape of a tensor. @throws TensorError `format` if there is none of that name */
  describe(name: string): { readonly format: Format; readonly shape: readonly number[] } {
    const entry = this.#entries.get(name);
    if (!entry)
      throw new TensorError(
        "format",
        `safetensors: no tensor is named ${JSON.stringify(name)}; there are ${this.names.slice(0, 8).join(", ")}${this.names.length > 8 ? ", ..." : ""}`,
      );
    return entry;
  }

  /** The raw little-endian bytes of a tensor. */
  async bytes(name: string): Promise<Uint8Array> {
    this.describe(name);
    const { begin, end } = this.#entries.get(name)!;
    const bytes = await this.source.read(this.dataStart + begin, end - begin);
    if (bytes.length !== end - begin)
      throw new TensorError(
        "format",
        `safetensors: ${JSON.stringify(name)} needs ${end - begin} bytes, the source gave ${bytes.length}`,
      );
    return bytes;
  }

  /** A tensor's elements as f32: halves and bfloats are widened, integers converted. */
  async float32(name: string): Promise<Float32Array> {
    return decode(name, this.describe(name).format, await this.bytes(name), new Float32Array(this.#length(name)));
  }

  /** A tensor's elements as float64, exact for every format but 64-bit integers beyond 2^53, which are refused. */
  async float64(name: string): Promise<Float64Array> {
    return decode(name, this.describe(name).format, await this.bytes(name), new Float64Array(this.#length(name)));
  }

  /** A tensor's elements as i32. @throws TensorError `format` for a float format */
  async int32(name: string): Promise<Int32Array> {
    const { format } = this.describe(name);
    if (format.includes("F"))
      throw new TensorError("format", `safetensors: ${JSON.stringify(name)} is ${format}, not an integer tensor`);
    return decode(name, format, await this.bytes(name), new Int32Array(this.#length(name)));
  }

  #length(name: string): number {
    return this.describe(name).shape.reduce((p, n) => p * n, 1);
  }
}

/** Bytes in memory as a source. */
export const bytesSource = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
});

/** Opens a file: reads its header only. @throws TensorError `format`, saying which rule the header breaks */
export const openSafetensors = async (source: ByteSource | Uint8Array): Promise<SafetensorsFile> => {
  const from = source instanceof Uint8Array ? bytesSource(source) : source;
  const length = headerLength(await from.read(0, Math.min(8, from.size)), from.size);
  const header = parseHeader(await from.read(8, length), from.size - 8 - length);
  return new SafetensorsFile(from, 8 + length, header);
};

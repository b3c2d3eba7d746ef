import { TensorError } from "../errors.js";
import { decode, type Format } from "./formats.js";
import { type Entry, type Header, headerLength, isCount, parseHeader } from "./header.js";
import { quoted } from "./quoted.js";

/** Random access to bytes: a file, a Blob, a ranged download. */
export interface ByteSource {
  readonly size: number;
  /** Exactly `length` bytes from `offset`. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A file whose header has been read and checked. Tensors are read one at a time, when asked for. */
export class SafetensorsFile {
  readonly #entries: ReadonlyMap<string, Entry>;
  /** @internal */
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
    return this.#entry(name);
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (!entry)
      throw new TensorError(
        "format",
        `safetensors: no tensor is named ${quoted(name)}; there are ${this.names.slice(0, 8).map(quoted).join(", ")}${this.names.length > 8 ? ", ..." : ""}`,
      );
    return entry;
  }

  /** The raw little-endian bytes of a tensor. */
  async bytes(name: string): Promise<Uint8Array> {
    const { begin, end } = this.#entry(name);
    return readExactly(this.source, this.dataStart + begin, end - begin, quoted(name));
  }

  /** A tensor's elements as f32: floats rounded, integers exact. @throws TensorError `format` for a value that does not fit */
  async float32(name: string): Promise<Float32Array> {
    return this.#decoded(name, Float32Array);
  }

  /** A tensor's elements as float64, exact for every format but 64-bit integers beyond 2^53, which are refused. */
  async float64(name: string): Promise<Float64Array> {
    return this.#decoded(name, Float64Array);
  }

  /** A tensor's elements as i32. @throws TensorError `format` for a float format, and for a value that does not fit */
  async int32(name: string): Promise<Int32Array> {
    const { format } = this.describe(name);
    if (format.includes("F"))
      throw new TensorError("format", `safetensors: ${quoted(name)} is ${format}, not an integer tensor`);
    return this.#decoded(name, Int32Array);
  }

  async #decoded<T extends Float32Array | Float64Array | Int32Array>(
    name: string,
    Typed: new (length: number) => T,
  ): Promise<T> {
    const { format, shape } = this.describe(name);
    const bytes = await this.bytes(name);
    const length = shape.reduce((p, n) => p * n, 1);
    let out: T;
    try {
      out = new Typed(length);
    } catch {
      throw new TensorError(
        "limit",
        `safetensors: the engine has no array of the ${length} elements of ${quoted(name)}`,
      );
    }
    return decode(name, format, bytes, out);
  }
}

/** Bytes in memory as bytes: a view or a buffer of any realm. Undefined for anything else. */
const asBytes = (value: unknown): Uint8Array | undefined => {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return /^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(value))
    ? new Uint8Array(value as ArrayBuffer)
    : undefined;
};

const readExactly = async (source: ByteSource, offset: number, length: number, what: string): Promise<Uint8Array> => {
  const bytes = asBytes(await source.read(offset, length));
  if (bytes?.length !== length)
    throw new TensorError(
      "format",
      `safetensors: ${what} needs ${length} bytes, the source gave ${bytes?.length ?? "none"}`,
    );
  return bytes;
};

/** Bytes in memory as a source. */
export const bytesSource = (bytes: Uint8Array | ArrayBufferLike): ByteSource => {
  const all = asBytes(bytes);
  if (!all) throw notASource(bytes);
  return { size: all.length, read: async (offset, length) => all.subarray(offset, offset + length) };
};

const notASource = (value: unknown): TensorError =>
  new TensorError(
    "argument",
    `safetensors: cannot read from ${quoted(value)}; pass a Uint8Array, an ArrayBuffer, or { size, read(offset, length) }`,
  );

const sourceFrom = (value: ByteSource | Uint8Array | ArrayBufferLike): ByteSource => {
  if (asBytes(value)) return bytesSource(value as Uint8Array);
  const source = value as Partial<ByteSource> | null | undefined;
  if (typeof source?.read !== "function" || !isCount(source.size)) throw notASource(value);
  return source as ByteSource;
};

/**
 * Opens a file: reads its header only.
 * @throws TensorError `format`, saying which rule the header breaks; `argument` for what is neither bytes nor a source of them
 */
export const openSafetensors = async (source: ByteSource | Uint8Array | ArrayBufferLike): Promise<SafetensorsFile> => {
  const from = sourceFrom(source);
  const length = headerLength(await readExactly(from, 0, Math.min(8, from.size), "the header length"), from.size);
  const header = parseHeader(await readExactly(from, 8, length, "the header"), from.size - 8 - length);
  return new SafetensorsFile(from, 8 + length, header);
};

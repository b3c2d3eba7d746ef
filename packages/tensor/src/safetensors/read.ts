import { TensorError } from "../errors.js";
import { type Decoded, decodeElements, FORMAT_BYTES, type Format } from "./formats.js";
import { type Entry, type Header, headerLength, isCount, parseHeader } from "./header.js";
import { quoted } from "./quoted.js";

/** Random access to bytes: a file, a Blob, a ranged download. */
export interface ByteSource {
  readonly size: number;
  /** Exactly `length` bytes from `offset`. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Some elements of a tensor, in row-major order: of a file larger than memory one reads a part at a time. */
export interface ElementRange {
  /** Index of the first. */
  readonly start: number;
  readonly count: number;
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

  /**
   * The raw little-endian bytes of a tensor, or of a range of its elements.
   * @throws TensorError `format` if there is none of that name, `argument` for a range that it does not have
   */
  async bytes(name: string, range?: ElementRange): Promise<Uint8Array> {
    const { begin, format } = this.#entry(name);
    const { start, count } = this.#range(name, range);
    const step = FORMAT_BYTES[format];
    return readExactly(this.source, this.dataStart + begin + start * step, count * step, quoted(name));
  }

  /** Elements as f32: floats rounded, integers exact. @throws TensorError as `bytes`, and `format` for a value that does not fit */
  async float32(name: string, range?: ElementRange): Promise<Float32Array> {
    return this.#decoded(name, Float32Array, range);
  }

  /** Elements as float64, exact for every format but 64-bit integers beyond 2^53, which are refused. @throws TensorError as `float32` */
  async float64(name: string, range?: ElementRange): Promise<Float64Array> {
    return this.#decoded(name, Float64Array, range);
  }

  /** Elements as i32. @throws TensorError as `float32`, and `format` for a float format */
  async int32(name: string, range?: ElementRange): Promise<Int32Array> {
    const { format } = this.describe(name);
    if (format.includes("F"))
      throw new TensorError("format", `safetensors: ${quoted(name)} is ${format}, not an integer tensor`);
    return this.#decoded(name, Int32Array, range);
  }

  #range(name: string, range?: ElementRange): ElementRange {
    const count = this.#entry(name).shape.reduce((p, n) => p * n, 1);
    if (range === undefined) return { start: 0, count };
    if (!isCount(range.start) || !isCount(range.count) || range.start + range.count > count)
      throw new TensorError(
        "argument",
        `safetensors: cannot read ${String(range.count)} elements of ${quoted(name)} from ${String(range.start)} on; it has ${count}`,
      );
    return range;
  }

  async #decoded<T extends Decoded>(
    name: string,
    Typed: new (length: number) => T,
    range: ElementRange | undefined,
  ): Promise<T> {
    const { format } = this.describe(name);
    const bytes = await this.bytes(name, range);
    const { start, count } = this.#range(name, range);
    let out: T;
    try {
      out = new Typed(count);
    } catch {
      throw new TensorError(
        "limit",
        `safetensors: the engine has no array of the ${count} elements of ${quoted(name)}`,
      );
    }
    return decodeElements(`safetensors: ${quoted(name)}`, format, bytes, out, start);
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
